#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""questions.py AXFR NOT-CARRIED COUNT - what to ask, from the zones as nsd transfers them.

Written to standard output, `NAME TYPE` a line: every PTR owner that is the name of an address;
every A or AAAA RRset of which each record leads back; COUNT names in the reverse zones that are not
there, by a fixed seed. To standard error: how many of each, and what is left out, for parts that do
not exist yet: names at and below zone cuts, and those that only records not carried make exist."""
import ipaddress
import random
import sys


def reverse(address):
    return ipaddress.ip_address(address).reverse_pointer + '.'


def read(path):
    zones, records = [], set()
    for line in open(path):
        fields = line.split(None, 4)
        if len(fields) < 5 or line.startswith(';'):
            continue
        owner, ttl, _, rtype, rdata = (f.strip() for f in fields)
        owner = owner.lower()
        if rtype == 'SOA':
            zones.append(owner)
        records.add((owner, rtype, rdata.lower() if rtype in ('PTR', 'CNAME', 'NS') else rdata))
    return list(dict.fromkeys(zones)), records


def is_below(name, tops):
    while name:
        if name in tops:
            return True
        name = name.partition('.')[2]
    return False


def is_address(owner):
    labels = owner.rstrip('.').split('.')
    return (owner.endswith('.in-addr.arpa.') and len(labels) == 6 or
            owner.endswith('.ip6.arpa.') and len(labels) == 34 and
            all(len(label) == 1 for label in labels[:32]))


def random_name(zone):
    """An address in the zone, an ancestor of one, or a name that is none."""
    labels = zone.rstrip('.').split('.')
    is_v4 = labels[-2] == 'in-addr'
    missing = (4 if is_v4 else 32) - (len(labels) - 2)
    while missing:
        labels.insert(0, str(random.randrange(256)) if is_v4 else random.choice('0123456789abcdef'))
        missing -= 1
    if random.randrange(8) == 0:
        at = random.randrange(len(labels) - len(zone.rstrip('.').split('.')))
        labels[at] = random.choice(['x', '01', '256', '_tcp', '00', 'g', '-1', '0-127'])
    cut = random.choice([0, 0, 0, 1, 2])
    if len(labels) - cut > len(zone.rstrip('.').split('.')):
        labels = labels[cut:]
    if random.randrange(10) == 0:
        labels.insert(0, random.choice(['www', '1', 'a']))
    return '.'.join(labels) + '.'


def main():
    zones, records = read(sys.argv[1])
    lost = {line.split(': ', 1)[1].split()[0].lower() for line in open(sys.argv[2]) if ': ' in line}
    count = int(sys.argv[3])
    reverse_zones = [z for z in zones if z.endswith('.arpa.')]
    cuts = {o for o, t, _ in records if t == 'NS' and o not in zones}
    names = set()
    for owner, _, _ in records:
        while owner and owner not in names:
            names.add(owner)
            owner = owner.partition('.')[2]
    asked = []
    pointers = {(o, r) for o, t, r in records if t == 'PTR'}
    owners = {o for o, _ in pointers if is_address(o) and not is_below(o, cuts)}
    asked += [(o, 'PTR') for o in sorted(owners)]
    sets = {}
    for owner, rtype, rdata in records:
        if rtype in ('A', 'AAAA'):
            sets.setdefault((owner, rtype), []).append((reverse(rdata), owner) in pointers)
    paired = sorted(k for k, back in sets.items() if all(back) and not is_below(k[0], cuts))
    partly = sorted(k for k, back in sets.items() if any(back) and not all(back))
    asked += paired
    random.seed(2014)
    missing = set()
    while len(missing) < count:
        name = random_name(random.choice(reverse_zones))
        if name not in names and not is_below(name, cuts) and not is_below(name, lost):
            missing.add(name)
    asked += [(name, 'PTR') for name in sorted(missing)]
    print(len(owners), 'PTR owners,', len(paired), 'A and AAAA RRsets,', len(missing),
          'names that are not there; left out:', len(partly),
          'RRsets that lead back in part only', file=sys.stderr)
    for name, rtype in asked:
        print(name, rtype)


main()
