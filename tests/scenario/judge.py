#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""judge.py PEER ZONEDIR [CUT] < what `compare --ttl --all` prints of a peer and arpad

Each difference is judged: what arpad said is due by oracle.py, and what the peer said is due with
the peer's own rules in their place. Both must hold to the last record, wherever it was asked, so
nothing is left out. Prints how many there are of each kind. Exit status 1 when one of the two has
said something else, or when nothing was asked.

    kind     what the peer does                                arpad goes by
    links    Knot follows 5 links, NSD as many as it has       RFC 1034 3.6.2 and 5.2.2 want a limit
             room to make names for                            and name none; protocol: 16
    leaves   Knot ends a chain where it leaves the zone, and   RFC 1034 4.3.2 step 3a: "go back to
             stays in it where a zone below is served          step 1", which finds the zone
    below    Knot follows a DNAME that leads below itself to   RFC 1034 3.6.2: an endless chain; NSD
             the end of its links                              ends at once, too
    long     Knot goes on with the DNAME's target itself       RFC 6672 3.2 step 3C: "set RCODE to
             where the name made is of over 255 octets         YXDOMAIN and exit"
    orphan   both refer to the cut above a zone that is        RFC 4035 3.1.4.1: NODATA, of the zone
             served here when asked for its DS                 itself, whose parent is not ours
    room     Knot leaves a SOA out without TC where it does    RFC 2308 3: a negative answer has it;
             not fit; over TCP it is there                     RFC 2181 9: else TC
    cut      one of the two sets TC: arpad, whose compression  RFC 1035 4.1.4: may; RFC 2181 9: what
             remembers fewer names, or as glue does not fit,   has TC is not used; RFC 9471 2: must
             which NSD goes without; or the peer, if more is
             due from it

What has TC is written to the file CUT, to be asked over TCP, and so is `room`; without CUT there is
no more excuse."""
import os
import sys
from collections import Counter

from oracle import ARPAD, Oracle, View, Zone

PEERS = {'nsd': ARPAD._replace(links=1000, orphan=False),
         'knot': ARPAD._replace(links=5, leaves=False, below=True, long=False, orphan=False)}
name, folder = sys.argv[1:3]
cut_path = (sys.argv[3:] or [os.devnull])[0]
rules = PEERS[name]
oracle = Oracle([Zone(f[:-4].replace('=2F', '/'), f'{folder}/{f}') for f in os.listdir(folder)])


def read_differences(lines):
    """(qname, qtype), (head, View) of the peer, the same of arpad."""
    question, sides = None, []
    for line in lines:
        if line.startswith('    '):
            section, *fields = line.split()
            fields = (fields[0], fields[1], fields[2]) if section == 'authority' else \
                (fields[0], fields[1], fields[3], ' '.join(fields[4:]))
            getattr(sides[-1][1], section).add(fields)
        elif line.startswith('  '):
            head = words = line.split(': ')[1].replace(',', '').split()
            rcode = int(words[1]) if words[0] == 'rcode' else None
            sides.append((head, View(rcode, 'AA' in words, set(), set(), set())))
        else:
            if question and len(sides) == 2:
                yield question, *sides
            question, sides = line.split(), []


def kind_of(qname, qtype):
    due = oracle.ask(qname, qtype, ARPAD)
    for kind in 'orphan long below leaves links'.split():
        if oracle.ask(qname, qtype, ARPAD._replace(**{kind: getattr(rules, kind)})) != due:
            return kind
    return 'several'


kinds, wrong = Counter(), []
lines = sys.stdin.read().splitlines()
if ' asked, ' not in (lines or [''])[-1] or any('given up' in line for line in lines):
    sys.exit('nothing was compared')
with open(cut_path, 'w') as cut:
    for (qname, qtype), (peer_head, peer), (head, arpad) in read_differences(lines):
        if 'TC' in head + peer_head:
            cut.write(f'{qname} {qtype}\n')
            kinds['cut'] += head.count('TC') != peer_head.count('TC')
            question = qname, qtype
            if 'TC' not in head and oracle.ask(*question, rules) == oracle.ask(*question, ARPAD):
                wrong.append(f'{qname} {qtype}: TC from {name} alone')
            continue
        # NSD has no limit but the room for names that it makes
        ends = sum(r[2] == 'CNAME' for r in peer.answer)
        by_peer = rules._replace(links=ends) if rules.links > ends > ARPAD.links else rules
        for who, said, by in ('arpad', arpad, ARPAD), (name, peer, by_peer):
            due = oracle.ask(qname, qtype, by)
            if due.authority and said == due._replace(authority=set()) and \
                    who == 'knot' and cut_path != os.devnull:
                cut.write(f'{qname} {qtype}\n')
                kinds['room'] += 1
            elif said != due:
                wrong.append(f'{qname} {qtype}: {who} says {said}, due is {due}'[:1500])
        kinds[kind_of(qname, qtype)] += 1
print(', '.join(f'{kind} {count}' for kind, count in sorted(kinds.items())) or 'no differences')
print(*wrong[:6], f'{len(wrong)} wrong' if wrong else '', sep='\n', end='')
sys.exit(bool(wrong))
