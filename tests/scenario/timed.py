# SPDX-License-Identifier: ISC
"""timed.py PORT NAME TYPE VALUE COMMAND... - run the command, which changes files, and ask until the
answer is VALUE: a name, an address, or nothing for no record of the type. Prints how many
milliseconds that took from the command's end. Exit status 1 when it is over LIMIT_MS, a second."""

import ipaddress
import os
import socket
import subprocess
import sys
import time

import dns

LIMIT_MS = int(os.environ.get("LIMIT_MS", "1000"))

port, name, rrtype, value = int(sys.argv[1]), sys.argv[2], getattr(dns, sys.argv[3]), sys.argv[4]
if rrtype == dns.PTR:
    name = dns.reverse(name)
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(5)
s.connect(("127.0.0.1", port))


def answer():
    s.send(dns.query(name, rrtype))
    records = dns.read_answers(s.recv(4096))
    if not records:
        return ""
    return records[0][2] if rrtype == dns.PTR else str(ipaddress.ip_address(records[0][2]))


if answer() == value:
    raise SystemExit("%s is there already" % value)
subprocess.run(sys.argv[5:], check=True)
began = time.monotonic()
while (now := answer()) != value:
    if time.monotonic() - began > 10:
        raise SystemExit("not within ten seconds: the answer is %s" % (now or "nothing"))
    time.sleep(0.001)
took_ms = (time.monotonic() - began) * 1000
print("%.0f" % took_ms)
sys.exit(took_ms > LIMIT_MS)
