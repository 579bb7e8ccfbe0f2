# SPDX-License-Identifier: ISC
"""load.py ADDRESS PORT NAME STOP-FILE - ask for the PTR of NAME, over UDP from four sockets and
over one TCP connection, until STOP-FILE exists. Every query must be answered, and with one PTR.
Prints a line when it has begun, and how many were asked at the end."""

import os
import selectors
import socket
import sys
import time

import dns

address, port, name, stop = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
selector = selectors.DefaultSelector()
asked = 0


def ask(s):
    global asked
    asked += 1
    s.send((dns.tcp_query if s.type == socket.SOCK_STREAM else dns.query)(name, dns.PTR, asked & 0xFFFF))
    waiting[s] = asked & 0xFFFF


waiting = {}
for kind in [socket.SOCK_DGRAM] * 4 + [socket.SOCK_STREAM]:
    s = socket.socket(socket.AF_INET, kind)
    s.connect((address, port))
    selector.register(s, selectors.EVENT_READ)
    ask(s)
print("begun", flush=True)
is_over = False
while waiting:
    events = selector.select(timeout=5)
    assert events, "no answer for five seconds"
    is_over = is_over or os.path.exists(stop)
    time.sleep(0.001)  # leaves the others of the scenario a processor
    for key, _ in events:
        s = key.fileobj
        message = s.recv(65535)
        if s.type == socket.SOCK_STREAM:
            message = message[2:]
        assert dns.ident(message) == waiting.pop(s), "an answer to something else"
        assert dns.rcode(message) == 0 and dns.answers(message) == 1, message
        if not is_over:
            ask(s)
print("asked", asked, "and all were answered", flush=True)
