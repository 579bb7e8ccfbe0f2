# SPDX-License-Identifier: ISC
"""pipeline.py ADDRESS PORT - a thousand queries in one go, then octet by octet."""

import sys

import dns

connection = dns.connect(sys.argv[1], int(sys.argv[2]))
names = ["25.2.0.192.in-addr.arpa", "99.2.0.192.in-addr.arpa"]
connection.sendall(b"".join(dns.tcp_query(names[i % 2], dns.PTR, i) for i in range(1000)))
for i, message in enumerate(dns.read_messages(connection, 1000)):
    assert dns.ident(message) == i, (i, dns.ident(message))
    assert dns.rcode(message) == (3 if i % 2 else 0), (i, message)
for octet in dns.tcp_query(names[0], dns.PTR, 4711):
    connection.sendall(bytes([octet]))
(message,) = dns.read_messages(connection, 1)
assert dns.ident(message) == 4711 and dns.answers(message) == 1
