# SPDX-License-Identifier: ISC
"""silence.py ADDRESS PORT - no answer to what is no query: had one come, it would come first."""

import socket
import sys

import dns

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
    udp.settimeout(5)
    udp.connect((sys.argv[1], int(sys.argv[2])))
    good = dns.query("25.2.0.192.in-addr.arpa", dns.PTR, 99)
    answer = bytearray(good)
    answer[2] |= 0x80
    for octets in (b"", b"x", good[:11], bytes(answer), good + bytes(5000)):
        udp.send(octets)
    # The same socket of ours is served by the same worker of theirs, in order.
    udp.send(good)
    got = udp.recv(65535)
    assert dns.ident(got) == 99 and dns.answers(got) == 1, got
    udp.setblocking(False)
    try:
        print(udp.recv(65535))
        sys.exit(1)
    except BlockingIOError:
        pass
