#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""questions.py ZONEFILE... - what to ask: NAME TYPE a line.

Every owner, each name above it down to the apex, names below it, names below the targets of its
records, and the owner with one label changed, by a fixed seed: a digit more or less, a zero in
front, the next number, capitals. The names above and those beside them are asked for every type,
the others for those that could be there and one more."""
import os
import random
import sys

ALL = 'PTR A AAAA NS DS CNAME TXT SOA TYPE65280'.split()
random.seed(2317)


def changed(label):
    """Other labels that look like it."""
    at = random.randrange(len(label))
    yield label[:at] + random.choice('0123456789abcdefx-') + label[at + 1:]
    yield label[:at] + label[at + 1:] or '0'
    yield '0' + label
    yield label.swapcase()
    yield label + random.choice('0f')
    numbers = label.split('-')
    at = random.randrange(len(numbers))
    if numbers[at].isdigit():
        numbers[at] = str(int(numbers[at]) + random.choice([-1, 1, 256])).replace('-', '')
        yield '-'.join(numbers)


above, owners, beside = set(), {}, set()
for path in sys.argv[1:]:
    apex = os.path.basename(path)[:-len('.zone')].replace('=2F', '/') + '.'
    above |= {apex, 'x.' + apex, 'y.x.' + apex}
    for line in open(path):
        if line[0] in '$; \n':
            continue
        owner, _, _, rtype, rdata = line.rstrip().split(None, 4)
        owner = apex if owner == '@' else f'{owner}.{apex}'
        owners.setdefault(owner, set()).add(rtype)
        if rtype in ('PTR', 'CNAME', 'NS') and rdata.endswith('.'):
            owners.setdefault(rdata, set())
        label, _, rest = owner.partition('.')
        if owner != apex:
            beside |= {f'{c}.{rest}' for c in changed(label) if len(c) < 64}
        while owner != apex:
            owner = owner.partition('.')[2]
            above |= {owner, 'x.' + owner, '256.' + owner}
for name in sorted(above):
    for rtype in ALL:
        print(name, rtype)
for name, types in sorted(owners.items()):
    if name in above:
        continue
    special = types - {'PTR', 'A'}
    for rtype in ALL if special else ('PTR', 'A', 'DS', random.choice(ALL)):
        print(name, rtype)
    print('x.' + name, random.choice(ALL))
    print(f'{random.randrange(256)}.y.{name}', random.choice(ALL))
for name in sorted(beside - above - set(owners)):
    print(name, random.choice(['PTR', 'A', random.choice(ALL)]))
