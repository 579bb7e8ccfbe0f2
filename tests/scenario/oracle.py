# SPDX-License-Identifier: ISC
"""oracle.py - what is due to a question by RFC 1034 4.3.2, RFC 4592 and RFC 6672, label by label.

No tree, no index: a zone is a dict of owners, and whether a name exists is asked of all of them.
Where servers differ, `rules` say which way:

    links    CNAMEs in a chain, at most
    leaves   a chain is followed into other zones
    below    a DNAME that leads below itself is followed, too
    long     where the name that a DNAME makes is too long, the chain ends
    orphan   DS at a zone served here whose parent is not, asked of the zone above that: True is
             NODATA of the zone itself
"""
from collections import namedtuple

Rules = namedtuple('Rules', 'links leaves below long orphan')
ARPAD = Rules(links=16, leaves=True, below=False, long=True, orphan=True)
# What is compared: see tests/tools/compare.c.
View = namedtuple('View', 'rcode aa answer authority glue')


def up(name):
    return name.partition('.')[2] or '.'


def within(name, above):
    return name == above or name.endswith('.' + above)


def octets(name):
    return len(name) + 1


class Zone:
    def __init__(self, apex, path):
        self.apex, self.owners, self.existing = apex, {}, set()
        for line in open(path):
            if line[0] in '$;\n':
                continue
            owner, ttl, _, rtype, rdata = line.rstrip('\n').split(None, 4)
            if owner[-1] != '.':
                owner = apex if owner == '@' else f'{owner}.{apex}'
            if rtype in ('CNAME', 'DNAME', 'NS', 'MX', 'PTR', 'DS', 'SOA'):
                rdata = rdata.lower()
            if rtype == 'TXT' and rdata[0] != '"':
                rdata = f'"{rdata}"'
            sets = self.owners.setdefault(owner.lower(), {})
            sets.setdefault(rtype, []).append((owner.lower(), ttl, rtype, rdata))
            while within(owner.lower(), apex):
                self.existing.add(owner.lower())
                owner = up(owner)
        (_, ttl, _, soa), = self.get(apex, 'SOA')
        self.negative_ttl = str(min(int(ttl), int(soa.split()[-1])))

    def get(self, owner, rtype):
        return self.owners.get(owner, {}).get(rtype, [])


class Oracle:
    def __init__(self, zones):
        self.zones = {z.apex: z for z in zones}

    def zone_of(self, name):
        while name != '.' and name not in self.zones:
            name = up(name)
        return self.zones.get(name)

    def start(self, name, qtype, rules):
        zone = self.zone_of(name)
        outer = zone and self.zone_of(up(zone.apex))
        if qtype != 'DS' or not outer or zone.apex != name:
            return zone
        if not rules.orphan or name in outer.owners and self.match(outer, name, 'DS')[0] == 'node':
            return outer
        return zone

    @staticmethod
    def match(zone, name, qtype):
        """RFC 1034 4.3.2 step 3: what ends the way from the apex down."""
        way, node = [], name
        while node != zone.apex:
            way.append(node)
            node = up(node)
        while True:
            if node != zone.apex and zone.get(node, 'NS') and not (qtype == 'DS' and node == name):
                return 'cut', node
            if node == name:
                return 'node', node
            if zone.get(node, 'DNAME'):
                return 'dname', node
            if way[-1] not in zone.existing:
                wildcard = '*.' + node
                return ('wildcard', wildcard) if wildcard in zone.existing else ('nothing', node)
            node = way.pop()

    def glue(self, zone, cut):
        found = set()
        for _, _, _, server in zone.get(cut, 'NS'):
            holder = self.zone_of(server)
            if within(server, cut) and holder:
                found |= {r for t in ('A', 'AAAA') for r in holder.get(server, t)}
        return found

    def ask(self, qname, qtype, rules):
        answer, name, seen, links, overflow = set(), qname, [], 0, 0
        aa, zone = False, self.start(qname, qtype, rules)

        def end(rcode):
            return View(rcode or overflow, True, answer, set(), set())

        def negative(rcode):
            return end(rcode)._replace(authority={(zone.apex, zone.negative_ttl, 'SOA')})

        while True:
            kind, node = self.match(zone, name, qtype)
            if kind == 'cut':
                ns = {r[:3] for r in zone.get(node, 'NS')}
                return View(overflow, aa, answer, ns, self.glue(zone, node))
            aa = True
            if kind == 'nothing':
                return negative(3)
            target = None
            if kind == 'dname':
                if links == rules.links:
                    return end(0)
                dname, = zone.get(node, 'DNAME')
                answer.add(dname)
                target = name[:-len(node)] + dname[3]
                if octets(target) <= 255:
                    answer.add((name, dname[1], 'CNAME', target))
                    if qtype == 'CNAME' or not rules.below and within(dname[3], node):
                        return end(0)
                elif rules.long:
                    return end(6)
                else:
                    target, overflow = dname[3], 6
            else:
                found = zone.get(node, qtype)
                if found or not zone.get(node, 'CNAME'):
                    answer |= {(name,) + r[1:] for r in found}
                    return end(0) if found else negative(0)
                if links == rules.links:
                    return end(0)
                cname, = zone.get(node, 'CNAME')
                target = cname[3]
                answer.add((name,) + cname[1:])
            links += 1
            seen.append(name)
            next_zone = self.start(target, qtype, rules) if rules.leaves else \
                zone if within(target, zone.apex) else None
            if target in seen or not next_zone:
                return end(0)
            name, zone = target, next_zone
