#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""pool.py DIR - what to ask of the pool, a file a kind in DIR.

    same        every address of the /20 and 2000 of the /64, in both directions and for other
                types; names above them, addresses beside them; names that are not quite those
                of an address
    short       IPv6 addresses shortened
    anywhere    the names of the pool below other names of the zone
"""
import ipaddress
import random
import sys

random.seed(4291)
FOUR, SIX = ipaddress.ip_network('10.30.0.0/20'), ipaddress.ip_network('2001:db8:30::/64')
TYPES = 'PTR A AAAA TXT NS SOA MX DS'.split()


def name(address):
    text = str(address).replace('.', '-') if address.version == 4 else \
        address.exploded.replace(':', '-')
    return f'h-{text}.pool.example.'


addresses = list(FOUR) + [SIX[random.getrandbits(64)] for _ in range(1998)] + [SIX[0], SIX[-1]]
beside = [FOUR[0] + 4096 + random.randrange(50000) for _ in range(300)] + \
    [SIX[0] + 2 ** 64 + random.getrandbits(78) for _ in range(300)] + [FOUR[-1] + 1, SIX[-1] + 1]
same, short, anywhere = set(), set(), set()
for a in addresses:
    same |= {f'{a.reverse_pointer}. PTR', f'{name(a)} A', f'{name(a)} AAAA',
             f'{name(a)} {random.choice(TYPES)}', f'{a.reverse_pointer}. {random.choice(TYPES)}'}
for a in random.sample(addresses, 600):
    at = random.randrange(2, len(name(a)) - len('.pool.example.'))
    same |= {f'{name(a)[:at]}{c}{name(a)[at:]} A' for c in ('-', 'x', '0' * 15)}
    same |= {f'x.{name(a)} A', f'{name(a)[1:]} A', f'0{a.reverse_pointer}. PTR',
             f'{name(a).upper()} A', f'x.{a.reverse_pointer}. PTR'}
    anywhere.add(f'{name(a).replace(".pool", ".x.pool")} ' + ('A' if a.version == 4 else 'AAAA'))
for a in beside:
    same |= {f'{a.reverse_pointer}. PTR', f'{name(a)} ' + ('A' if a.version == 4 else 'AAAA')}
for a in addresses:
    if a.version == 6:
        labels = a.reverse_pointer.split('.')
        same |= {'.'.join(labels[n:]) + '. PTR' for n in range(1, 17)}
        short.add(f'h-{str(a).replace(":", "-")}.pool.example. AAAA')
same |= {f'{n}.30.10.in-addr.arpa. {t}' for n in range(16) for t in TYPES}
for kind, questions in ('same', same), ('short', short), ('anywhere', anywhere):
    with open(f'{sys.argv[1]}/{kind}', 'w') as f:
        f.write(''.join(q + '\n' for q in sorted(questions)))
