# SPDX-License-Identifier: ISC
"""The files of the storm. In each generation of customers/acme.yaml two hosts have names with its
number, in a reverse zone each and in two forward zones, and one more host, any, gets such a name
and keeps it until its turn comes again. Some names never change."""

import os

import dns

NOW4, NOW6, ALWAYS = "192.0.2.17", "2001:db8:42::17", "192.0.2.18"
HOSTS = ["192.0.2.%d" % n for n in range(19, 31)]
FORWARD = ["acme.example", "pool.example"]
ZONES = ["2.0.192.in-addr.arpa", "2.4.0.0.8.b.d.0.1.0.0.2.ip6.arpa"] + FORWARD
QUIET = "best.example"  # a zone in which nothing changes

OPERATOR = """version: 1
server: {listen: [127.0.0.1@%d], workers: 2}
defaults: {ns: [ns1.isp.example, ns2.isp.example], hostmaster: hostmaster@isp.example}
zones: [192.0.2.0/24, "2001:db8:42::/48", acme.example, pool.example, best.example]
customers:
  acme:
    prefixes: [192.0.2.16/28, 2001:db8:42::/48]
    domains: [acme.example, pool.example]
  best: {prefixes: [192.0.2.32/28], domains: [best.example]}
"""
BEST = """version: 1
customer: best
hosts:
  192.0.2.40: www.best.example
"""


def replace(path, text):
    """As a careful program does: a new file, renamed over the old one."""
    with open(path + ".new", "w") as f:
        f.write(text)
    os.rename(path + ".new", path)


def host_name(address, generation):
    return "h%s-g%d.acme.example" % (address.rsplit(".")[-1], generation)


def acme(generation, turns):
    """turns: {host: the generation in which it was its turn}"""
    lines = ["version: 1", "customer: acme", "hosts:"]
    lines.append("  %s: [g%d.acme.example, g%d.pool.example]" % (NOW4, generation, generation))
    lines.append("  %s: [g%d.acme.example, g%d.pool.example]" % (NOW6, generation, generation))
    lines.append("  %s: always.acme.example" % ALWAYS)
    lines += ["  %s: %s" % (a, host_name(a, turns.get(a, 0))) for a in HOSTS]
    return "\n".join(lines) + "\n"


def write_first(folder, port):
    os.makedirs(folder + "/customers", exist_ok=True)
    replace(folder + "/customers/acme.yaml", acme(0, {}))
    replace(folder + "/customers/best.yaml", BEST)
    replace(folder + "/arpad.yaml", OPERATOR % port)


def ask_now(s, ident):
    """The generation that is served, over a connected UDP socket."""
    s.send(dns.query(dns.reverse(NOW4), dns.PTR, ident & 0xFFFF))
    while True:
        message = s.recv(4096)
        if dns.ident(message) == ident & 0xFFFF:
            return int(dns.read_answers(message)[0][2].split(".")[0][1:])


if __name__ == "__main__":
    import sys

    write_first(sys.argv[1], int(sys.argv[2]))
