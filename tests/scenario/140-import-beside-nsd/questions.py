#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""questions.py AXFR [all] - what to ask, from the zones as nsd transfers them; `NAME TYPE` a line.

Every owner with every type that it has, and with one that it has not; every name above it down to
the apex; each owner with one label changed, which is another one each time, by a fixed seed; each
owner with one label more; with `all` each of these names with every type. To standard error: how
many of each."""
import random
import sys

TYPES = ('A', 'AAAA', 'CNAME', 'DNAME', 'DS', 'MX', 'NS', 'PTR', 'SOA', 'SRV', 'TXT')


def read(path):
    apexes, types = set(), {}
    for line in open(path):
        fields = line.split(None, 4)
        if len(fields) < 5 or line.startswith(';'):
            continue
        owner, rtype = fields[0].lower(), fields[3]
        if rtype == 'SOA':
            apexes.add(owner)
        types.setdefault(owner, set()).add(rtype)
    return apexes, types


def below(owner, apexes):
    """The labels of an owner before its apex, and the apex."""
    labels, rest = [], owner
    while rest not in apexes:
        label, _, rest = rest.partition('.')
        labels.append(label)
    return labels, rest


def changed(label):
    """Another label of the same kind."""
    if label.isdigit():
        return str(random.choice([n for n in range(256) if str(n) != label]))
    if len(label) == 1:
        return random.choice([c for c in '0123456789abcdef' if c != label])
    at = random.randrange(len(label))
    return label[:at] + ('x' if label[at] != 'x' else 'y') + label[at + 1:]


def main():
    apexes, types = read(sys.argv[1])
    random.seed(2014)
    asked = {}
    for owner, have in sorted(types.items()):
        labels, apex = below(owner, apexes)
        for rtype in sorted(have):
            asked.setdefault((owner, rtype), 'at owners')
        absent = [t for t in TYPES if t not in have]
        asked.setdefault((owner, random.choice(absent)), 'at owners, another type')
        for i in range(1, len(labels) + 1):
            name = '.'.join(labels[i:] + [apex])
            asked.setdefault((name, random.choice(TYPES)), 'above them')
        for rtype in sorted(have)[:2]:
            other = list(labels)
            if other:
                at = random.randrange(len(other))
                other[at] = changed(other[at])
            else:
                other = ['x']
            asked.setdefault(('.'.join(other + [apex]), rtype), 'with one label changed')
        for more in ('x', '1'):
            asked.setdefault((more + '.' + owner, random.choice(sorted(have) + ['A', 'PTR'])),
                             'with one label more')
    if sys.argv[2:] == ['all']:
        for (name, _), kind in list(asked.items()):
            for rtype in TYPES + ('TYPE65280',):
                asked.setdefault((name, rtype), kind + ' with every type')
    counts = {}
    for kind in asked.values():
        counts[kind] = counts.get(kind, 0) + 1
    print(', '.join(f'{n} {kind}' for kind, n in counts.items()), file=sys.stderr)
    for name, rtype in asked:
        print(name, rtype)


main()
