# SPDX-License-Identifier: ISC
"""load.py ADDRESS PORT NAME STOP-FILE - ask for the PTR of NAME without a pause until STOP-FILE
exists: over UDP from six sockets, one of them new for each query; over TCP with a connection for
each query, and over one that stays for as long as the server keeps it. Every query must be answered;
a server may close a connection on which nothing is outstanding (RFC 7766 6.2.4). Prints a line when
it has begun, and at the end how many were asked and the longest wait for an answer."""

import os
import socket
import sys
import threading
import time

import dns

address, port, name, stop = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
lock = threading.Lock()
asked, closed, longest, wrong = 0, 0, 0.0, []


def tell(begin, message, number):
    global asked, longest
    with lock:
        asked += 1
        longest = max(longest, time.monotonic() - begin)
        if dns.ident(message) != number or dns.rcode(message) != 0 or dns.answers(message) != 1:
            wrong.append(message)


def connect(kind):
    s = socket.socket(socket.AF_INET, kind)
    s.settimeout(5)
    s.connect((address, port))
    return s


def over_udp(is_new):
    s = connect(socket.SOCK_DGRAM)
    number = 0
    while not os.path.exists(stop):
        if is_new:
            s.close()
            s = connect(socket.SOCK_DGRAM)
        number = (number + 1) & 0xFFFF
        begin = time.monotonic()
        s.send(dns.query(name, dns.PTR, number))
        tell(begin, s.recv(4096), number)


def read_message(s):
    """One message; None where the server has closed before its first octet."""
    octets = b""
    while len(octets) < 2 or len(octets) < 2 + int.from_bytes(octets[:2], "big"):
        more = s.recv(65536)
        if not more:
            assert not octets, "an answer that is cut off"
            return None
        octets += more
    return octets[2:]


def over_tcp(is_new):
    global closed
    s = connect(socket.SOCK_STREAM)
    number = 0
    while not os.path.exists(stop):
        if is_new:
            s.close()
            s = connect(socket.SOCK_STREAM)
        number = (number + 1) & 0xFFFF
        begin = time.monotonic()
        try:
            s.sendall(dns.tcp_query(name, dns.PTR, number))
            message = read_message(s)
        except (ConnectionResetError, BrokenPipeError):
            message = None
        if message is None:
            # the query crossed the close: ask again (RFC 7766 6.2.4), but on a new one never
            assert not is_new, "a new connection closed without an answer"
            closed += 1
            s.close()
            s = connect(socket.SOCK_STREAM)
            continue
        tell(begin, message, number)
        time.sleep(0.001)


def run(what, is_new):
    try:
        what(is_new)
    except (OSError, AssertionError) as e:
        with lock:
            wrong.append(f"{what.__name__}, new {is_new}: {e!r}")


threads = [threading.Thread(target=run, args=(over_udp, i == 0)) for i in range(6)]
threads += [threading.Thread(target=run, args=(over_tcp, i == 0)) for i in range(2)]
for t in threads:
    t.start()
print("begun", flush=True)
for t in threads:
    t.join()
print("asked", asked, "closed", closed, "longest %.0f ms" % (longest * 1000), "wrong", len(wrong), flush=True)
for w in wrong[:5]:
    print(w)
