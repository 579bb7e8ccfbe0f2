# SPDX-License-Identifier: ISC
"""As much DNS as the scenarios need, over plain sockets."""

import ipaddress
import socket
import struct

A, CNAME, SOA, PTR, AAAA = 1, 5, 6, 12, 28


def query(name, qtype, ident=1):
    labels = [label.encode() for label in name.rstrip(".").split(".")]
    qname = b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
    return struct.pack(">6H", ident, 0, 1, 0, 0, 0) + qname + struct.pack(">2H", qtype, 1)


def tcp_query(name, qtype, ident=1):
    message = query(name, qtype, ident)
    return struct.pack(">H", len(message)) + message


def rcode(message):
    return message[3] & 15


def ident(message):
    return struct.unpack(">H", message[:2])[0]


def answers(message):
    return struct.unpack(">H", message[6:8])[0]


def read_name(message, at):
    """The name there, without its last dot, and where it ends."""
    labels, end = [], None
    while message[at]:
        if message[at] >= 0xC0:
            end = end or at + 2
            at = (message[at] & 0x3F) << 8 | message[at + 1]
        else:
            labels.append(message[at + 1 : at + 1 + message[at]].decode())
            at += 1 + message[at]
    return ".".join(labels), end or at + 1


def read_answers(message):
    """[(owner, type, value)]: of PTR and CNAME a name, of SOA the serial, of others the octets."""
    records = []
    at = read_name(message, 12)[1] + 4
    for _ in range(answers(message)):
        owner, at = read_name(message, at)
        rrtype, _, _, size = struct.unpack(">HHIH", message[at : at + 10])
        at += 10
        value = message[at : at + size]
        if rrtype in (PTR, CNAME):
            value = read_name(message, at)[0]
        elif rrtype == SOA:
            value = struct.unpack(">I", message[at + size - 20 : at + size - 16])[0]
        records.append((owner, rrtype, value))
        at += size
    return records


def reverse(address):
    return ipaddress.ip_address(address).reverse_pointer


def read_messages(connection, most=None):
    """Yield messages until the other side is done, or `most` of them."""
    octets = b""
    n = 0
    while most is None or n < most:
        while len(octets) >= 2 and len(octets) >= 2 + struct.unpack(">H", octets[:2])[0]:
            size = 2 + struct.unpack(">H", octets[:2])[0]
            yield octets[2:size]
            octets = octets[size:]
            n += 1
            if n == most:
                return
        more = connection.recv(65536)
        if not more:
            assert not octets, "the last answer is cut short"
            return
        octets += more


def connect(address, port, seconds=5):
    connection = socket.create_connection((address, port), timeout=seconds)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def free_port():
    while True:
        tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with tcp, udp:
            tcp.bind(("", 0))
            port = tcp.getsockname()[1]
            try:
                udp.bind(("", port))
                with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as udp6:
                    udp6.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                    udp6.bind(("::", port))
            except OSError as e:
                if e.errno not in (97, 99):  # no IPv6 here
                    continue
            return port
