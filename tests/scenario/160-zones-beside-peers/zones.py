#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""zones.py DIR PORT - 300 small zones, by a fixed seed, for arpad and for its peers.

    DIR/zones/NAME.zone     master files; those of random records are drawn anew until
                            nsd-checkzone and kzonecheck accept them
    DIR/arpad.yaml          the same zones with records-file, listening at PORT
    DIR/questions           names of two label depths from a small alphabet below each apex, some of
                            three, every owner and one label more; ten types

Half of the zones are records thrown at random on few names, so that cuts, wildcards, DNAME, CNAME,
empty non-terminals and occluded data meet. The others are drawn for one purpose each. NS and DNAME
at a wildcard are left out: RFC 4592 4.2, 4.4 and RFC 6672 3.3 leave open what they mean."""
import itertools
import os
import random
import subprocess
import sys

TYPES = 'A AAAA TXT CNAME NS DS SOA PTR DNAME MX'.split()
LABELS = ['a', 'b', 'c', '*', '_x', '7']
DIGEST = '3490A6806D47F17A34C29E2CE80E8A999FFBE4BE41A2A2A8A5D9C6D1C0FB5E2D'
COUNT = 300
folder, port = sys.argv[1], sys.argv[2]
random.seed(4592)


def pick(depth, labels=LABELS):
    """A name relative to the apex."""
    return '.'.join(random.choice(labels) for _ in range(depth))


def some_target(apexes):
    """In the zone, at its apex, in another zone, in none of ours."""
    kind = random.random()
    if kind < .55:
        return pick(random.choice([1, 1, 2, 3]))
    if kind < .75:
        return pick(random.choice([1, 2])) + '.' + random.choice(apexes)
    return 'x.else.' if kind < .85 else '@'


def record(name, rtype, apexes):
    n = random.randrange(1, 250)
    fixed = {'A': f'192.0.2.{n}', 'AAAA': f'2001:db8::{n:x}', 'TXT': f't{n % 9}',
             'DS': f'1 13 2 {DIGEST}', 'MX': '1 ' + some_target(apexes)}
    return f'{name} {rtype} ' + (fixed.get(rtype) or some_target(apexes))


def anything(apexes):
    records = []
    for _ in range(random.randint(2, 14)):
        name = pick(random.choice([1, 1, 2, 2, 3])) if random.random() < .93 else '@'
        rtype = random.choice('A A A AAAA TXT TXT CNAME CNAME NS DNAME DS MX PTR'.split())
        if not (rtype in ('CNAME', 'NS', 'DS') and name == '@' or
                rtype in ('NS', 'DNAME') and name[0] == '*'):
            records.append(record(name, rtype, apexes))
    return records


def cuts(apexes):
    """With and without glue, glue in a sibling, DS, occluded data of every type."""
    records = [f'i CNAME {pick(2)}', 'j CNAME a', 'k CNAME a.a']
    for cut in random.sample(['a', 'b', 'c', 'a.7', 'b.7', 'a.b.c', '_x.c'], 3):
        servers = random.sample([f'n.{cut}', cut, f'a.a.{cut}', 'x.else.', 'n.b', 'd'], 2)
        for server in servers:
            records.append(f'{cut} NS {server}')
            if server[-1] != '.':
                glue = random.sample(['A', 'AAAA'], random.randint(0, 2))
                records += [record(server, t, apexes) for t in glue]
        if random.random() < .5:
            records.append(record(cut, 'DS', apexes))
        for rtype in random.sample(['TXT', 'MX', 'CNAME', 'NS', 'DS', 'DNAME', 'A'], 2):
            labels = LABELS[:3] if rtype in ('NS', 'DNAME') else LABELS
            below = f'{random.choice(labels)}.{cut}'
            records.append(record(below, rtype, apexes))
    return records + [record('*.c', 'CNAME', apexes), record('*', 'TXT', apexes)]


def wildcards(apexes):
    """At several depths, beside empty non-terminals, as an empty non-terminal, with each type."""
    records = [record(f'{pick(1)}.*', 'A', apexes)] if random.random() < .5 else []
    for _ in range(random.randint(2, 5)):
        above = random.choice(['', '', '.a', '.b', '.a.b', '.c', '._x'])
        rtype = random.choice(['A', 'TXT', 'MX', 'CNAME', 'PTR'])
        records.append(record('*' + above, rtype, apexes))
    for _ in range(random.randint(1, 4)):
        name = pick(random.choice([1, 2, 3]))
        records.append(record(name, random.choice(['A', 'TXT']), apexes))
    return records


def dnames(apexes):
    """At the apex and below; to names with data, to each other, into cuts, above, below itself."""
    if random.random() < .2:
        return [f'@ DNAME {random.choice(apexes)}', '@ TXT apex']
    records = ['c NS n.c', 'n.c A 192.0.2.1', record('7', 'A', apexes),
               record('a.7', 'TXT', apexes), record('*.7', 'MX', apexes), 'f CNAME a.a',
               'g CNAME a.b.a']
    for owner in random.sample(['a', 'b', 'a._x', 'b._x', 'd'], random.randint(1, 4)):
        goal = random.choice(['7', 'a', 'b', 'c', 'x.c', '@', f'x.{owner}', owner, 'else.', 'none',
                              some_target(apexes), 'b.' + random.choice(apexes)])
        records.append(f'{owner} DNAME {goal}')
        if random.random() < .4:
            records.append(record(owner, random.choice(['A', 'TXT', 'MX']), apexes))
    return records


def chains(apexes):
    """Of 1 to 20 links through this zone and others, with every kind of end."""
    n = random.randint(1, 20)
    ends = {'a': ['a A 192.0.2.1'], 'b': ['b NS n.b', 'n.b A 192.0.2.2'], 'x.b': ['b NS x.else.'],
            'none': [], '7': ['a.7 A 192.0.2.3'], 'x.else.': [], 'w.c': ['*.c TXT wild'],
            'w._x': ['*._x CNAME a', 'a TXT end'], '@': ['@ A 192.0.2.4'],
            'q.d': ['d DNAME 7', '*.7 A 192.0.2.5'], 'a.' + random.choice(apexes): []}
    end = random.choice(sorted(ends))
    links = [f'c{i} CNAME {f"c{i + 1}" if i + 1 < n else end}' for i in range(n)]
    hop = random.choice([a for a in apexes if a.startswith('ch')] or apexes)
    return links + ends[end] + [f'hop CNAME c0.{hop}', f'a.hop CNAME hop.{hop}']


def loops(apexes):
    """CNAMEs in a circle of 1 to 4, wildcards that lead to themselves, circles through DNAME."""
    records = [f'l{n}-{i} CNAME l{n}-{(i + 1) % n}' for n in range(1, 5) for i in range(n)]
    records += random.sample(['* CNAME x', '*.a CNAME x.a', '*.b CNAME x.y.b', '*.7 CNAME l4-2'], 2)
    records += random.sample(['d1 DNAME d1', 'd2 DNAME d3', 'd4 DNAME x.d5', 'd6 DNAME @'], 2)
    if 'd2 DNAME d3' in records:
        records.append('d3 DNAME d2')
    if 'd4 DNAME x.d5' in records:
        records.append('d5 DNAME d4')
    inward = f'in CNAME l{random.randint(1, 4)}-0'
    return records + [inward, f'out CNAME in.{random.choice(apexes)}']


def apex(apexes):
    kinds = ['@ A 192.0.2.1', '@ AAAA 2001:db8::1', '@ MX 1 @', '@ TXT x', '@ PTR x.else.']
    more = ['a CNAME @', '*.b CNAME @', 'b DNAME @', 'c MX 1 a', '7.c A 192.0.2.9',
            'c.c CNAME ' + random.choice(apexes)]
    return random.sample(kinds, 3) + more[:random.randint(2, 6)]


def long(apexes):
    """Names that a DNAME makes longer than 255 octets, or exactly so."""
    goal = '.'.join(['l' * random.randint(50, 60)] * 3)
    return [f'a DNAME {goal}', f'b DNAME {goal[:100]}', f'c DNAME {"g." * 60}a',
            f'd.7 DNAME {goal}.a', f'e CNAME {"q" * 40}.{"q" * 40}.a', f'*.{goal} TXT there']


def non_terminals(apexes):
    return [record(pick(random.choice([3, 4, 4, 5]), LABELS[:3] + LABELS[4:]),
                   random.choice(['A', 'TXT', 'CNAME', 'DS']), apexes)
            for _ in range(random.randint(1, 5))] + random.choice([[], ['* A 192.0.2.1']])


def nested(name):
    """Zones one in the other; in the second a cut between that is not served here."""
    one, two, three = f'{name}.test.', f'a.{name}.test.', f'b.a.{name}.test.'
    deep = f'c.b.{name}.test.'
    apexes = [one, two, three, deep]
    plain = ['A', 'TXT', 'MX', 'CNAME']

    def few(labels):
        return [record(f'{pick(1)}.{random.choice(labels)}', random.choice(plain), apexes)
                for _ in range(2)]

    return {one: few(['7', 'c']) + ['b NS n.b', 'n.b A 192.0.2.1', f'c CNAME x.{two}',
                                    '* TXT outer', f'd DNAME {three}', 'a DS 1 13 2 ' + DIGEST],
            two: few(['7', 'c']) + ['x A 192.0.2.1', '*.x TXT inner', f'k CNAME c.{one}'],
            three: ['a A 192.0.2.7', f'* CNAME {random.choice(apexes)}'],
            deep: ['a A 192.0.2.8', f'b CNAME x.b.{name}.test.']}


def absolute(text, apex):
    name, rtype, rdata = text.split(None, 2)

    def full(n):
        return apex if n == '@' else n if n.endswith('.') else f'{n}.{apex}'

    if rtype in ('CNAME', 'DNAME', 'NS', 'MX', 'PTR'):
        parts = rdata.split()
        parts[-1] = full(parts[-1])
        rdata = ' '.join(parts)
    return f'{full(name)} 60 IN {rtype} {rdata}'


def write(apex, records):
    """True when both peers take the zone."""
    path = f'{folder}/zones/{apex[:-1]}.zone'
    with open(path, 'w') as f:
        f.write(f'{apex} 60 IN SOA ns.else. h.else. 7 3600 900 1209600 30\n'
                f'{apex} 60 IN NS ns.else.\n' + '\n'.join(records) + '\n')
    checks = ['nsd-checkzone', apex, path], ['kzonecheck', '-o', apex, path]
    return all(subprocess.run(c, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL).returncode == 0 for c in checks)


def write_random(kind, apex, apexes):
    while True:
        records = list(dict.fromkeys(absolute(r, apex) for r in kind(apexes)))
        if write(apex, records):
            return records


def write_nested(label):
    while True:
        made = {name: [absolute(line, name) for line in lines]
                for name, lines in nested(label).items()}
        # arpad makes the cut at a zone served below by itself
        inner = {name: [f'{z} 60 IN NS ns.else.' for z in made if z.endswith('.' + name) and
                        not any(z.endswith('.' + m) and m.endswith('.' + name) for m in made)]
                 for name in made}
        if all([write(name, records + inner[name]) for name, records in made.items()]):
            return made


os.makedirs(folder + '/zones')
os.makedirs(folder + '/records')
KINDS = {cuts: 24, wildcards: 24, dnames: 24, chains: 20, loops: 8, apex: 6, long: 4,
         non_terminals: 10}
zones, plan = {}, []
for kind, count in KINDS.items():
    plan += [(kind, f'{kind.__name__[:2]}{i}.test.') for i in range(count)]
for i in range(5):
    zones.update(write_nested(f'nest{i}'))
plan += [(anything, f'z{i}.test.') for i in range(COUNT - len(plan) - len(zones))]
apexes = [name for _, name in plan]
for kind, name in plan:
    zones[name] = write_random(kind, name, apexes)

with open(folder + '/arpad.yaml', 'w') as f:
    f.write(f'version: 1\nserver: {{listen: 127.0.0.1@{port}}}\n'
            'defaults: {ns: [ns.else], hostmaster: h.else, ttl: 60, negative-ttl: 30}\nzones:\n')
    for name, records in zones.items():
        with open(f'{folder}/records/{name}records', 'w') as r:
            r.write('\n'.join(records) + '\n')
        f.write(f'  - {{name: {name}, records-file: records/{name}records, '
                'soa: {serial: 7, refresh: 1h, retry: 15m, expire: 14d}}\n')

with open(folder + '/questions', 'w') as f:
    for name, records in zones.items():
        asked = {name}
        for depth in 1, 2:
            asked |= {'.'.join(c) + f'.{name}'
                      for c in itertools.product(LABELS + ['d'], repeat=depth)}
        asked |= {pick(3, LABELS + ['d']) + f'.{name}' for _ in range(10)}
        for owner in {r.split()[0] for r in records}:
            asked |= {owner, 'x.' + owner}
        if name.startswith('lo'):
            asked |= {f'{("q" * 40 + ".") * n}{"r" * m}.{x}.{name}'
                      for x in 'abc' for n in range(1, 4) for m in range(10, 64, 6)}
        for q in sorted(q for q in asked if len(q) <= 254):
            for rtype in TYPES:
                f.write(f'{q} {rtype}\n')
