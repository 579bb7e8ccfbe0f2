# SPDX-License-Identifier: ISC
"""clients.py PORT STOP-FILE - ask what changes and what does not, over UDP from many sockets and
over TCP in batches, until STOP-FILE exists, and hold every answer to what was seen before:

    each query is answered, with the records that belong there;
    all of one answer is of one generation;
    who asks after he saw generation N is told of N or later, by whichever worker, in whichever zone;
    within a batch on one connection no answer is older than the one before it.

`seen` has what is known of the server: for each thing that only grows the highest value of it. A
name of generation N that is not there any more says that N + 1 is served."""

import os
import random
import selectors
import socket
import struct
import sys
import time

import dns
import network

UDP_SOCKETS, TCP_CONNECTIONS, BATCH = 12, 3, 16

port, stop = int(sys.argv[1]), sys.argv[2]
seen = {"generation": 0}
last_name = {}  # of each host: the generation in the last name seen of it
asked = {"udp": 0, "tcp": 0}
gap_s = 0.0
A17, A6 = bytes([192, 0, 2, 17]), socket.inet_pton(socket.AF_INET6, network.NOW6)


class Question:
    """What is asked, and what was known when it was."""

    def __init__(self):
        self.known = dict(seen)
        getattr(self, random.choice(["now", "now", "name", "name", "host", "host_name", "soa", "fixed"]))()

    def now(self):
        address = random.choice([network.NOW4, network.NOW6])
        self.name, self.type = dns.reverse(address), dns.PTR
        self.judge = self.judge_now

    def judge_now(self, records, known):
        generations = [int(value.split(".")[0][1:]) for _, _, value in records]
        zones = sorted(value.split(".", 1)[1] for _, _, value in records)
        check(self, zones == network.FORWARD, records)
        check(self, len(set(generations)) == 1, records)
        return "generation", generations[0]

    def name(self):
        self.number = self.known["generation"]
        self.type = random.choice([dns.A, dns.AAAA])
        self.name = "g%d.%s" % (self.number, random.choice(network.FORWARD))
        self.judge = self.judge_name

    def judge_name(self, records, known):
        if not records:
            return "generation", self.number + 1
        check(self, [r[2] for r in records] == [A17 if self.type == dns.A else A6], records)
        return "generation", self.number

    def host(self):
        self.address = random.choice(network.HOSTS)
        self.name, self.type = dns.reverse(self.address), dns.PTR
        self.judge = self.judge_host

    def judge_host(self, records, known):
        check(self, len(records) == 1, records)
        number = int(records[0][2].split(".")[0].split("-g")[1])
        check(self, records[0][2] == network.host_name(self.address, number), records)
        learn(known, "generation", number)
        learn(seen, "generation", number)
        learn(last_name, self.address, number)
        return self.address, number

    def host_name(self):
        self.address = random.choice(network.HOSTS)
        self.number = last_name.get(self.address, 0)
        self.name, self.type = network.host_name(self.address, self.number), dns.A
        self.judge = self.judge_host_name

    def judge_host_name(self, records, known):
        if not records:
            return self.address, self.number + 1
        check(self, [r[2] for r in records] == [socket.inet_aton(self.address)], records)
        return self.address, self.number

    def soa(self):
        self.name, self.type = random.choice(network.ZONES + [network.QUIET]), dns.SOA
        self.judge = self.judge_soa

    def judge_soa(self, records, known):
        check(self, len(records) == 1, records)
        serial = records[0][2]
        if self.name == network.QUIET:
            check(self, known.get(self.name, serial) == serial, records)
        return self.name, serial

    def fixed(self):
        self.name, self.type, self.value = random.choice(
            [
                (dns.reverse(network.ALWAYS), dns.PTR, "always.acme.example"),
                ("always.acme.example", dns.A, socket.inet_aton(network.ALWAYS)),
                ("www.best.example", dns.A, socket.inet_aton("192.0.2.40")),
                (dns.reverse("192.0.2.40"), dns.PTR, "www.best.example"),
            ]
        )
        self.judge = self.judge_fixed

    def judge_fixed(self, records, known):
        check(self, [r[2] for r in records] == [self.value], records)
        return "fixed", 0


def check(question, claim, what):
    if not claim:
        raise SystemExit(
            "%s of %s, asked when %s was known: %s" % (question.type, question.name, question.known, what)
        )


def learn(known, key, value):
    known[key] = max(known.get(key, 0), value)


def judge(question, message, known):
    """known: what was known when it was asked, and what came before it on its connection."""
    records = dns.read_answers(message)
    may_be_gone = question.judge in (question.judge_name, question.judge_host_name)
    check(question, dns.rcode(message) == (3 if may_be_gone and not records else 0), message)
    key, value = question.judge(records, known)
    if records:  # else the value is a least one
        check(question, value >= known.get(key, 0), "%s: %s, an older one" % (key, value))
    learn(known, key, value)
    learn(seen, key, value)


class Udp:
    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.connect(("127.0.0.1", port))
        self.ident = 0

    def ask(self):
        self.question = Question()
        self.ident = self.ident + 1 & 0xFFFF
        asked["udp"] += 1
        self.socket.send(dns.query(self.question.name, self.question.type, self.ident))

    def take(self):
        """True when all that was asked is answered."""
        message = self.socket.recv(4096)
        check(self.question, dns.ident(message) == self.ident, "an answer to something else")
        judge(self.question, message, self.question.known)
        return True


class Tcp:
    def __init__(self):
        self.socket = dns.connect("127.0.0.1", port)
        self.octets = b""

    def ask(self):
        self.questions = [Question() for _ in range(BATCH)]
        self.known = dict(seen)
        self.next = 0
        asked["tcp"] += BATCH
        queries = [dns.tcp_query(q.name, q.type, i) for i, q in enumerate(self.questions)]
        self.socket.sendall(b"".join(queries))

    def take(self):
        more = self.socket.recv(65536)
        assert more, "the connection was closed"
        self.octets += more
        while len(self.octets) >= 2:
            end = 2 + struct.unpack(">H", self.octets[:2])[0]
            if len(self.octets) < end:
                break
            message, self.octets = self.octets[2:end], self.octets[end:]
            question = self.questions[self.next]
            check(question, dns.ident(message) == self.next, "not in order")
            judge(question, message, self.known)
            self.next += 1
        return self.next == BATCH


selector = selectors.DefaultSelector()
waiting = set()
for client in [Udp() for _ in range(UDP_SOCKETS)] + [Tcp() for _ in range(TCP_CONNECTIONS)]:
    selector.register(client.socket, selectors.EVENT_READ, client)
    waiting.add(client)
    client.ask()
print("begun", flush=True)
last = time.monotonic()
is_over = False
while waiting:
    events = selector.select(timeout=5)
    now = time.monotonic()
    gap_s, last = max(gap_s, now - last), now
    assert events, "no answer for five seconds to %d clients" % len(waiting)
    is_over = is_over or os.path.exists(stop)
    for key, _ in events:
        if key.data.take():
            waiting.discard(key.data)
            if not is_over:
                waiting.add(key.data)
                key.data.ask()
    time.sleep(0.001)  # leaves the others of the scenario a processor
print("queries over UDP: %d, over TCP: %d" % (asked["udp"], asked["tcp"]))
print("generation seen last: %d" % seen["generation"])
print("longest gap: %d ms" % (gap_s * 1000))
print("all were answered", flush=True)
