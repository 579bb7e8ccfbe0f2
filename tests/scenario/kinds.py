#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""kinds.py ZONES < what `compare --all` prints of a peer (first) and arpad (second)

Sort the differences by kind and count them: `KIND COUNT` a line. Exit status 1 when one is of no
kind that is known.

    long        arpad follows 16 links (protocol.md), the peer's chain is longer
    short       the peer follows fewer links: Knot five
    leaves      the peer does not follow a chain that leaves the zone of the qname, arpad does as
                RFC 1034 4.3.2 step 3a has it: NSD does, Knot does not
    overflow    YXDOMAIN where the name that a DNAME makes is too long (RFC 6672 2.2), as NSD has it
    below       a DNAME leads below itself, so the chain has no end; NSD and arpad end at once
    cut         TC in both, and the RCODE is that of a name farther along the chain, which was cut
                (RFC 2181 9: such an answer is not used)
"""
import sys
from collections import Counter

zones = set(sys.argv[1].split())


def zone_of(name):
    while name and name not in zones:
        name = name.partition('.')[2]
    return name


def chain_end(qname, answer):
    links = {r[0]: r[-1] for r in answer if r[3] == 'CNAME'}
    n = 0
    while qname in links and n <= len(links):
        qname, n = links[qname], n + 1
    return qname, n


def kind(qname, peer, arpad, heads):
    if all('TC' in head for head in heads):
        return 'cut'
    if any(r[3] == 'DNAME' and ('.' + r[4]).endswith('.' + r[0]) for r in arpad):
        return 'below'
    if 'rcode 6,' in heads[1]:
        return 'overflow'
    end, links = chain_end(qname, peer)
    if chain_end(qname, arpad)[1] == 16 and links > 16:
        return 'long'
    if links == 5 and chain_end(qname, arpad)[1] > 5:
        return 'short'
    if links and zone_of(end) != zone_of(qname):
        return 'leaves'
    return 'unknown'


kinds, unknown = Counter(), []
question, sides, heads = None, [[], []], []
for line in list(sys.stdin) + ['end. A\n']:
    if not line.startswith(' '):
        if question:
            k = kind(question[0], *sides, heads)
            kinds[k] += 1
            if k == 'unknown' and len(unknown) < 4:
                unknown.append((question, sides))
        if line.count(' ') != 1:
            question = None
            continue
        question, sides, heads, side = line.split(), [[], []], [], -1
    elif line.startswith('  ') and line[2] != ' ':
        side += 1
        heads.append(line)
    elif line.split()[0] == 'answer':
        sides[side].append(line.split()[1:])
for k, n in sorted(kinds.items()):
    print(k, n)
for u in unknown:
    print(str(u)[:600])
sys.exit(bool(unknown))
