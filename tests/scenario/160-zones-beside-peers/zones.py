#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""zones.py DIR PORT - 300 small zones, by a fixed seed, for arpad and for its peers.

    DIR/zones/NAME.zone     master files, of which each is one that nsd-checkzone accepts
    DIR/arpad.yaml          the same zones with records-file, listening at PORT
    DIR/questions           names of two label depths from a small alphabet below each apex, some of
                            three, and ten types

NS and DNAME at a wildcard are left out: RFC 4592 4.2, 4.4 and RFC 6672 3.3 leave open what they mean; and NS beside DNAME, which Knot refuses.
Most zones are records thrown at random on few names, so that cuts, wildcards, DNAME, CNAME, empty
non-terminals and occluded data meet; the others are made for one purpose."""
import itertools
import os
import random
import subprocess
import sys

TYPES = 'A AAAA TXT CNAME NS DS SOA PTR DNAME MX'.split()
DIGEST = '3490A6806D47F17A34C29E2CE80E8A999FFBE4BE41A2A2A8A5D9C6D1C0FB5E2D'
folder, port = sys.argv[1], sys.argv[2]
random.seed(4592)
names = [f'z{i}.test.' for i in range(290)]


def owner(apex, depth):
    return '.'.join(random.choice(['a', 'b', '*', 'c', '_x', '7']) for _ in range(depth)) + '.' + apex


def target(apex):
    kind = random.random()
    if kind < .55:
        return owner(apex, random.choice([1, 1, 2, 3]))
    if kind < .75:
        return owner(random.choice(names), random.choice([1, 2]))
    return 'x.else.' if kind < .85 else apex


def random_records(apex):
    records = []
    for _ in range(random.randint(2, 14)):
        name = owner(apex, random.choice([1, 1, 2, 2, 3])) if random.random() < .93 else apex
        rtype = random.choice('A A A AAAA TXT TXT CNAME CNAME NS DNAME DS MX PTR'.split())
        if rtype in ('CNAME', 'NS', 'DS') and name == apex or \
                rtype in ('NS', 'DNAME') and name[0] == '*':
            continue
        number = random.randrange(1, 250)
        rdata = {'A': f'192.0.2.{number}', 'AAAA': f'2001:db8::{number:x}', 'TXT': f't{number % 9}',
                 'DS': f'1 13 2 {DIGEST}', 'MX': '1 ' + target(apex)}.get(rtype) or target(apex)
        records.append(f'{name} 60 IN {rtype} {rdata}')
    owners = {t: {r.split()[0] for r in records if r.split()[3] == t} for t in ('NS', 'DNAME')}
    return records if not owners['NS'] & owners['DNAME'] else random_records(apex)


def write(folder, apex, records):
    path = f'{folder}/zones/{apex[:-1]}.zone'
    with open(path, 'w') as f:
        f.write(f'{apex} 60 IN SOA ns.else. h.else. 7 3600 900 1209600 30\n{apex} 60 IN NS ns.else.\n')
        f.write('\n'.join(records) + '\n')
    if subprocess.run(['nsd-checkzone', apex, path], capture_output=True).returncode == 0:
        return True
    os.remove(path)
    return False


def made_zones():
    """apex -> records."""
    long = '.'.join(['l' * 60] * 3)
    chain = [f'c{i} CNAME c{i + 1}' for i in range(20)] + ['c20 A 192.0.2.1']
    loops = [f'l{n}-{i} CNAME l{n}-{(i + 1) % n}' for n in range(1, 5) for i in range(n)]
    return {
        'chain.test.': chain + [f'e{i} CNAME c{20 - i}.chain.test.' for i in range(14, 19)],
        'loop.test.': loops + ['d1 DNAME d2', 'd2 DNAME d1', 'd3 DNAME x.d3', 'w DNAME @'],
        'long.test.': [f'a DNAME {long}.long.test.', f'b DNAME {long[:100]}.test.'],
        'apex.test.': ['@ A 192.0.2.1', '@ MX 1 @', '@ TXT x', 'a CNAME @', '*.b CNAME @'],
        'adn.test.': ['@ DNAME z1.test.'],
        'cut.test.': ['a NS n.a', 'n.a A 192.0.2.1', 'n.a AAAA 2001:db8::1', 'b.a TXT occluded',
                      f'a DS 1 13 2 {DIGEST}', 'b NS a.c', 'a.c A 192.0.2.2', 'c.b NS x.else.',
                      'i CNAME x.a', 'j CNAME a', '*.c CNAME b.a'],
        'wild.test.': ['*.a TXT x', 'b.*.a A 192.0.2.1', 'c.a MX 1 b', '* CNAME a.a', 'a.b.c TXT y',
                       '*.b.c A 192.0.2.2', '_x TXT z', '7.* TXT below'],
        # nested: a.outer.test. is served here as well
        'outer.test.': ['b CNAME x.a', 'c A 192.0.2.1', '*.b TXT w'],
        'a.outer.test.': ['x A 192.0.2.1', '* TXT inner', 'k CNAME c.outer.test.'],
        'b.a.outer.test.': ['a A 192.0.2.7'],
    }


def absolute(record, apex):
    """A line of made_zones() with the owner and the names in it absolute and a TTL."""
    name, rtype, rdata = record.split(None, 2)
    def full(n):
        return apex if n == '@' else n if n.endswith('.') else f'{n}.{apex}'
    if rtype in ('CNAME', 'DNAME', 'NS', 'MX'):
        parts = rdata.split()
        parts[-1] = full(parts[-1])
        rdata = ' '.join(parts)
    return f'{full(name)} 60 IN {rtype} {rdata}'


os.makedirs(folder + '/zones')
os.makedirs(folder + '/records')
zones = {}
for apex in names:
    while True:
        records = random_records(apex)
        if write(folder, apex, records):
            zones[apex] = records
            break
for apex, lines in made_zones().items():
    zones[apex] = [absolute(line, apex) for line in lines]
    # arpad makes the cuts of nested zones by itself
    cuts = {'outer.test.': ['a'], 'a.outer.test.': ['b']}.get(apex, [])
    if not write(folder, apex, zones[apex] + [f'{c}.{apex} 60 IN NS ns.else.' for c in cuts]):
        sys.exit(f'{apex}: nsd-checkzone does not accept it')

with open(folder + '/arpad.yaml', 'w') as f:
    f.write(f'version: 1\nserver: {{listen: 127.0.0.1@{port}}}\n'
            'defaults: {ns: [ns.else], hostmaster: h.else, ttl: 60, negative-ttl: 30}\nzones:\n')
    for apex, records in zones.items():
        with open(f'{folder}/records/{apex}records', 'w') as r:
            r.write('\n'.join(records) + '\n')
        f.write(f'  - {{name: {apex}, records-file: records/{apex}records, '
                'soa: {serial: 7, refresh: 1h, retry: 15m, expire: 14d}}\n')

with open(folder + '/questions', 'w') as f:
    for apex, records in zones.items():
        prefixes = ['.'.join(c) for d in (1, 2) for c in
                    itertools.product(['a', 'b', 'c', '*', '_x', '7', 'd'], repeat=d)]
        deep = list(itertools.product(['a', 'b', 'c', '*', 'd'], repeat=3))
        prefixes += ['.'.join(c) for c in random.sample(deep, 10)]
        asked = {apex} | {f'{p}.{apex}' for p in prefixes}
        asked |= {r.split()[0] for r in records} | {'x.' + r.split()[0] for r in records}
        if apex == 'long.test.':
            asked |= {'.'.join(['q' * 40] * n) + f'.a.{apex}' for n in range(1, 4)}
        for name in sorted(asked):
            for rtype in TYPES:
                f.write(f'{name} {rtype}\n')
