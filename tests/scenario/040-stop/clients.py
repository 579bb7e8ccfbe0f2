# SPDX-License-Identifier: ISC
"""clients.py PORT PID - stop arpad while a client has much to get, one is silent, one is idle
after an answer and one never reads. The first gets all its answers. Prints how long it took."""

import os
import signal
import socket
import sys
import time

import dns

MANY = 3000
port, pid, never_reads = int(sys.argv[1]), int(sys.argv[2]), "never" in sys.argv[3:]
name = "25.2.0.192.in-addr.arpa"


def busy(receive):
    s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
    s.settimeout(10)
    s.connect(("127.0.0.1", port))
    return s


silent = dns.connect("127.0.0.1", port)
idle = dns.connect("127.0.0.1", port)
idle.sendall(dns.tcp_query(name, dns.PTR))
(message,) = dns.read_messages(idle, 1)
client = busy(1 << 20)
client.sendall(b"".join(dns.tcp_query(name, dns.PTR, i) for i in range(MANY)))
if never_reads:  # until both sides' buffers are full
    deaf = busy(4096)
    deaf.setblocking(False)
    try:
        while True:
            deaf.send(b"".join(dns.tcp_query(name, dns.PTR, i) for i in range(1000)))
            time.sleep(0.001)
    except BlockingIOError:
        pass
# The last of them has come when the first is answered: they were sent in one go.
messages = dns.read_messages(client)
assert dns.ident(next(messages)) == 0
begin = time.monotonic()
os.kill(pid, signal.SIGTERM)
n = 1
for message in messages:
    assert dns.ident(message) == n and dns.rcode(message) == 0, n
    n += 1
assert n == MANY, n
for s in (silent, idle):
    assert s.recv(1) == b"", "closed, not reset"
while True:  # until the process is gone, which its parent will see
    try:
        state = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        break
    if state == "Z":
        break
    assert time.monotonic() - begin < 10, "it does not end"
    time.sleep(0.005)
took = time.monotonic() - begin
print("took", round(took, 2))
if never_reads:
    assert 0.9 < took < 8, took
