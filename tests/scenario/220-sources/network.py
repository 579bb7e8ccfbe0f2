# SPDX-License-Identifier: ISC
"""network.py - the operator: arpad.yaml, which changes at random, and what it allows.

    Operator    what may change: zones, customers, their blocks and domains, records, the TTL
    Rules       one state of it, frozen: who owns an address or a name, which zone holds it, what is
                in the way; plain loops over labels and bits, by format.md and zone/records.h
"""
import ipaddress
import os

COUNT = 300
SHARED, LENT = 'shared.test', 'lent.test'
BAD, EXTERNAL = 'bad', None  # what Rules.forward_zone() says beside a zone


def up(name):
    return name.partition('.')[2]


def block(text):
    return ipaddress.ip_network(text)


def arpa_of(address):
    return address.reverse_pointer


def apex_of(prefix):
    step = 8 if prefix.version == 4 else 4
    labels = arpa_of(prefix.network_address).split('.')
    return '.'.join(labels[prefix.max_prefixlen // step - prefix.prefixlen // step:])


class Customer:
    def __init__(self, name, prefixes, domains):
        self.name, self.prefixes, self.domains = name, prefixes, domains
        self.file = f'customers/{name}.yaml'


CUT = block('10.1.5.64/26')
ZONES = ['10.1.0.0/16', '10.1.7.0/24', '10.2.0.0/16', '10.3.0.0/24', '2001:db8::/32', '2001:db8:7::/48']
NAMES = ['isp.test', SHARED, 'pop.test', 'big.test', 'deep.big.test']
NAMES += [f'own{i}.test' for i in range(20)]
# These come and go; names in them are external while they are not there.
COMING_ZONES = ['10.1.9.0/24', '2001:db8:9::/48', '10.3.0.64/26']
COMING_NAMES = [LENT, 'x.shared.test', 'd40.isp.test', 'sub.own3.test', 'h2.pop.test']
# The operator's records: zone, owner, type, rdata. The first ones are always there.
RECORDS = [
    (SHARED, 'alias', 'CNAME', 'n0'), (SHARED, 'cut', 'NS', 'ns.cut'), (SHARED, 'ns.cut', 'A', '192.0.2.9'),
    (SHARED, 'dn', 'DNAME', 'n1'), (SHARED, 'n2', 'TXT', 'x'), (SHARED, 'n3', 'A', '192.0.2.3'),
    (SHARED, '*.wild', 'A', '192.0.2.4'), ('isp.test', '@', 'MX', '10 h0.d1'),
    ('pop.test', 'h3', 'AAAA', '2001:db8:ffff::3'),
]
COMING_RECORDS = [
    (SHARED, 'n5', 'CNAME', 'n6'), (SHARED, 'n7', 'NS', 'ns.else.test.'), (SHARED, 'n8', 'DNAME', 'n9'),
    (SHARED, '*', 'TXT', 'x'), (SHARED, 'n10', 'A', '192.0.2.10'),
    ('isp.test', 'd30', 'NS', 'ns.else.test.'), ('isp.test', 'h1.d31', 'CNAME', 'h2.d31'),
    ('isp.test', 'd32', 'DNAME', 'd33'), ('isp.test', 'h4.d34', 'A', '192.0.2.34'),
    ('isp.test', '*.d35', 'CNAME', 'h0.d35'), ('pop.test', 'h1', 'CNAME', 'h0'),
    ('2.10.in-addr.arpa', '1.0', 'CNAME', '1.0.else.test.'), ('2.10.in-addr.arpa', '2', 'NS', 'ns.else.test.'),
    ('2.10.in-addr.arpa', '3', 'DNAME', '3.else.test.'), ('1.10.in-addr.arpa', '8', 'NS', 'ns.else.test.'),
    ('8.b.d.0.1.0.0.2.ip6.arpa', '5.0.0.0', 'NS', 'ns.else.test.'), ('own4.test', 'h0', 'NS', 'ns.h0'),
]
TTLS = ['1h', '7m', '2h', '300', '1d']


def seconds(text):
    return int(text[:-1]) * {'m': 60, 'h': 3600, 'd': 86400}[text[-1]] if text[-1] in 'mhd' else int(text)


def first_customers():
    made = []
    for i in range(COUNT):
        prefixes = [f'10.2.{i // 16}.{i % 16 * 16}/28']
        domains = [f'd{i}.isp.test']
        if i % 3 == 0:
            prefixes.append(f'2001:db8:{i:x}::/48')
        if i % 5 == 0:
            domains.append(SHARED)
        if i % 25 == 3:
            domains.append('pop.test')
        if 40 <= i < 60:
            domains.append(LENT)
        if i < 20:
            domains.append(f'own{i}.test')
        if 60 <= i < 80:  # below customer 0's block
            prefixes.append(f'10.1.{i - 60}.16/28')
        if 80 <= i < 100:
            prefixes.append(f'10.3.0.{(i - 80) * 8}/29')
        if i % 37 == 0:
            prefixes.append(f'10.9.{i // 37}.0/29')  # in no zone
        made.append(Customer(f'c{i}', prefixes, domains))
    made[0].prefixes += ['10.1.0.0/16', '2001:db8::/32']
    made[0].prefixes.remove('2001:db8:0::/48')
    made[0].domains += ['big.test']
    made[1].domains += ['big.test', 'a.big.test']
    made[2].domains += ['deep.big.test', 'n1.shared.test']
    made[3].domains += ['a.big.test', 'x.deep.big.test']
    made[5].prefixes += ['10.1.5.0/24']
    for i in range(4):
        made[6 + i].prefixes.append(f'10.1.5.{64 + 16 * i}/28')
    made[10].prefixes.append('10.2.100.0/24')
    made[11].prefixes.append('10.2.100.32/27')
    made[12].prefixes.append('10.2.100.40/29')
    return made


class Operator:
    def __init__(self, random, folder):
        self.random, self.folder = random, folder
        self.customers, self.gone = first_customers(), []
        self.taken = []  # (customer, domain)
        self.zones, self.names, self.records = list(ZONES), list(NAMES), list(RECORDS)
        self.ttl, self.negative_ttl, self.text_record, self.has_cut = '1h', '5m', 0, True

    def change(self):
        """One change; what it was, in words."""
        weights = {self.remove_customer: 1, self.add_customer: 1, self.move_prefix: 2,
                   self.take_domain: 1, self.give_domain: 1, self.share_domain: 1,
                   self.toggle_zone: 2, self.toggle_name: 2, self.toggle_cut: 1,
                   self.toggle_record: 3, self.change_text: 1, self.change_ttl: 2,
                   self.change_negative_ttl: 1, self.reorder: 1, self.move_file: 1}
        return self.random.choices(list(weights), weights.values())[0]()

    def remove_customer(self):
        if len(self.gone) > 10:
            return self.add_customer()
        at = self.random.randrange(len(self.customers))
        self.gone.append(self.customers.pop(at))
        return f'without {self.gone[-1].name}'

    def add_customer(self):
        if not self.gone:
            return self.remove_customer()
        back = self.gone.pop(self.random.randrange(len(self.gone)))
        last = len(self.customers)
        self.customers.insert(self.random.choice([last, self.random.randrange(last)]), back)
        return f'with {back.name} again'

    def move_prefix(self):
        a, b = self.random.sample(self.customers, 2)
        prefix = self.random.choice(a.prefixes)
        if len(a.prefixes) == 1:
            b.prefixes, a.prefixes = b.prefixes + [prefix], [b.prefixes[0]]
            b.prefixes.pop(0)
        else:
            a.prefixes.remove(prefix)
            b.prefixes.append(prefix)
        return f'{prefix} goes from {a.name} to {b.name}'

    def take_domain(self):
        c = self.random.choice([c for c in self.customers if c.domains])
        domain = self.random.choice(c.domains)
        c.domains.remove(domain)
        self.taken.append((c, domain))
        return f'{c.name} loses {domain}'

    def give_domain(self):
        if not self.taken:
            return self.take_domain()
        c, domain = self.taken.pop(self.random.randrange(len(self.taken)))
        if domain not in c.domains:
            c.domains.append(domain)
        return f'{c.name} has {domain} again'

    def share_domain(self):
        c = self.random.choice(self.customers)
        domain = self.random.choice([SHARED, LENT, 'pop.test', 'd1.isp.test', 'own5.test'])
        if domain in c.domains:
            c.domains.remove(domain)
            return f'{c.name} does not share {domain}'
        c.domains.append(domain)
        return f'{c.name} shares {domain}'

    def toggle(self, where, what):
        if what in where:
            where.remove(what)
            return f'without {what}'
        where.append(what)
        return f'with {what}'

    def toggle_zone(self):
        zone = self.random.choice(COMING_ZONES)
        return self.toggle(self.zones, zone)

    def toggle_name(self):
        return self.toggle(self.names, self.random.choice(COMING_NAMES + [LENT, LENT, LENT]))

    def toggle_record(self):
        return self.toggle(self.records, self.random.choice(COMING_RECORDS))

    def toggle_cut(self):
        self.has_cut = not self.has_cut
        return f'{CUT}: {self.has_cut}'

    def change_ttl(self):
        self.ttl = self.random.choice(TTLS)
        return f'ttl {self.ttl}'

    def change_negative_ttl(self):
        self.negative_ttl = self.random.choice(['5m', '10m'])
        return f'negative-ttl {self.negative_ttl}'

    def change_text(self):
        self.text_record += 1
        return 'a TXT record in a file that is included'

    def reorder(self):
        self.random.shuffle(self.customers)
        return 'customers in another order'

    def move_file(self):
        """The file goes with its path."""
        c = self.random.choice(self.customers)
        was, c.file = c.file, f'other/{c.name}.yaml' if c.file[0] == 'c' else f'customers/{c.name}.yaml'
        if os.path.lexists(f'{self.folder}/{was}'):
            os.rename(f'{self.folder}/{was}', f'{self.folder}/{c.file}')
        return f'{c.name} has {c.file}'

    def files(self):
        """Path and text of arpad.yaml and what it includes; LISTEN and WATCH are the caller's."""
        def lines(zone):
            return [f'{owner} {rtype} {rdata}' for z, owner, rtype, rdata in self.records if z == zone]

        items = []
        for zone in self.zones:
            if zone == '10.3.0.64/26':
                items.append('{prefix: 10.3.0.64/26, style: slash}')
                continue
            more = ', '.join(f'"{line}"' for line in lines(apex_of(block(zone))))
            items.append(f'{{prefix: "{zone}", records: [{more}]}}' if more else zone)
        if self.has_cut:
            items.append(f'{{prefix: {CUT}, style: dash}}')
        for name in self.names:
            if name == SHARED or name == 'isp.test':
                items.append(f'{{name: {name}, records-file: zones/{name}.records}}')
            else:
                more = ', '.join(f'"{line}"' for line in lines(name))
                # ahead of the time, so that what was served last counts
                ahead = ', soa: {serial: 3000000000}' if name in COMING_NAMES else ''
                items.append(f'{{name: {name}, records: [{more}]{ahead}}}')
        made = ['version: 1', 'server: {listen: [LISTEN], workers: 1, watch: WATCH}',
                'defaults: {ns: [ns1.isp.test, ns2.isp.test], hostmaster: h@isp.test, '
                f'ttl: {self.ttl}, negative-ttl: {self.negative_ttl}}}',
                'zones:', *(f'  - {item}' for item in items), 'customers:']
        for c in self.customers:
            prefixes = ', '.join(f'"{p}"' for p in c.prefixes)
            made.append(f'  {c.name}: {{prefixes: [{prefixes}], domains: [{", ".join(c.domains)}], '
                        f'file: {c.file}}}')
        return {
            'arpad.yaml': '\n'.join(made) + '\n',
            'zones/shared.test.records': '\n'.join(lines(SHARED)) + '\n$INCLUDE more/text\n',
            'zones/more/text': f'text TXT {self.text_record}\n',
            'zones/isp.test.records': '\n'.join(lines('isp.test')) + '\n',
        }


class Rules:
    """What an Operator's state allows; the Operator may go on."""

    def __init__(self, operator):
        self.order = [c.name for c in operator.customers]
        self.prefixes = {c.name: [block(p) for p in c.prefixes] for c in operator.customers}
        self.domains = {c.name: list(c.domains) for c in operator.customers}
        self.file = {c.name: c.file for c in operator.customers}
        self.ttl = seconds(operator.ttl)
        self.cuts = {CUT: '64-127.5.1.10.in-addr.arpa'} if operator.has_cut else {}
        if '10.3.0.64/26' in operator.zones:
            self.cuts[block('10.3.0.64/26')] = '64/26.0.3.10.in-addr.arpa'
        whole = [block(z) for z in operator.zones if block(z) not in self.cuts]
        self.apexes = set(operator.names) | set(self.cuts.values()) | {apex_of(p) for p in whole}
        self.zones = {}  # name -> its zone, as far as it was asked
        self.records = {}
        for zone, owner, rtype, _ in operator.records:
            self.records.setdefault(owner == '@' and zone or f'{owner}.{zone}', set()).add(rtype)
        self.blocks = {}  # (version, length) -> bits -> customer
        for name, prefixes in self.prefixes.items():
            for p in prefixes:
                bits = int(p.network_address) >> (p.max_prefixlen - p.prefixlen)
                self.blocks.setdefault((p.version, p.prefixlen), {})[bits] = name
        self.lengths = sorted(self.blocks, reverse=True)
        self.owners = {}
        for name, domains in self.domains.items():
            for d in domains:
                self.owners.setdefault(d, set()).add(name)

    def zone_of(self, name):
        if name not in self.zones:
            self.zones[name] = name if name in self.apexes else self.zone_of(up(name)) if up(name) else None
        return self.zones[name]

    def owner_of(self, address):
        for version, length in self.lengths:
            if version == address.version:
                owner = self.blocks[version, length].get(int(address) >> (address.max_prefixlen - length))
                if owner:
                    return owner
        return None

    def reverse_name(self, address):
        for cut, apex in self.cuts.items():
            if address in cut:
                return f'{str(address).rpartition(".")[2]}.{apex}'
        return arpa_of(address)

    def in_way(self, zone, name):
        """The type of the topmost record of the zone that leaves no room at the name."""
        topmost, at = None, name
        while at and self.zone_of(at) == zone:
            types = self.records.get(at, ())
            if 'NS' in types:
                topmost = 'NS'
            elif 'CNAME' in types and at == name:
                topmost = 'CNAME'
            elif 'DNAME' in types and at != name:
                topmost = 'DNAME'
            at = up(at)
        return topmost

    def has_address(self, customer, address):
        if self.owner_of(address) != customer:
            return False
        name = self.reverse_name(address)
        zone = self.zone_of(name)
        return zone is not None and self.in_way(zone, name) is None

    def domain_of(self, name):
        while name and name not in self.owners:
            name = up(name)
        return name

    def forward_zone(self, customer, name):
        """The zone that gets the address record, EXTERNAL or BAD."""
        zone = self.zone_of(name)
        obstacle = zone and self.in_way(zone, name)
        if obstacle:
            return EXTERNAL if obstacle == 'NS' else BAD
        if zone and customer not in self.owners.get(self.domain_of(name), ()):
            return BAD
        return zone

    def allows(self, customer, pair):
        return self.has_address(customer, pair.address) and \
            (pair.is_ptr_alone or self.forward_zone(customer, pair.name) != BAD)

    def is_contestable(self, customer, pair):
        """Another customer could claim the name, too."""
        return not pair.is_ptr_alone and self.forward_zone(customer, pair.name) not in (BAD, EXTERNAL) and \
            len(self.owners[self.domain_of(pair.name)]) > 1
