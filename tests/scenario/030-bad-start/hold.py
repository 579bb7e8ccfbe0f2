# SPDX-License-Identifier: ISC
"""hold.py udp|tcp PORT - hold a port at 127.0.0.1 until standard input ends."""

import socket
import sys

kind = socket.SOCK_DGRAM if sys.argv[1] == "udp" else socket.SOCK_STREAM
with socket.socket(socket.AF_INET, kind) as s:
    s.bind(("127.0.0.1", int(sys.argv[2])))
    if kind == socket.SOCK_STREAM:
        s.listen()
    print("held", flush=True)
    sys.stdin.read()
