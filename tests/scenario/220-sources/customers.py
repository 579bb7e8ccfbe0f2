# SPDX-License-Identifier: ISC
"""customers.py - the customers' files: what stands in them, and how it gets there."""
import ipaddress
import os

from mistakes import MISTAKES, NO_FILES, Content, Text, render
from network import LENT, SHARED
from oracle import Pair

SPECIAL = ['alias', 'z.cut', 'q.dn', 'a.n7', 'b.n8', 'x', 'a.x', 'y.wild', 'w']
OUTER = [ipaddress.ip_address(a) for a in (
    '10.1.7.1', '10.1.9.1', '10.1.5.65', '10.1.5.9', '10.1.8.1', '10.1.0.17', '10.1.0.40',
    '2001:db8:7::1', '2001:db8:9::1', '2001:db8:ffff::1', '2001:db8:3::1', '2001:db8:5::9')]


def seconds(text):
    return int(text[:-1]) * {'m': 60, 'h': 3600}[text[-1]] if text[-1] in 'mh' else int(text)


def pairs_of(content):
    own = content.ttl and seconds(content.ttl)
    return [Pair(a, name, seconds(ttl) if ttl else own, alone)
            for a, ttl, names in content.hosts for name, alone, _ in names]


def clear(path):
    if os.path.isdir(path) and not os.path.islink(path):
        os.rmdir(path)
    elif os.path.lexists(path):
        os.remove(path)


class Customers:
    """`files` is what the oracle is told of them."""

    def __init__(self, random, place, figures, kinds):
        self.random, self.place, self.figures, self.kinds = random, place, figures, kinds
        self.files, self.releases = {}, 0
        self.content, self.octets = {}, {}  # that were sound last
        for name in 'customers', 'other', 'elsewhere':
            os.makedirs(f'{place}/{name}')

    def addresses(self, customer, rules):
        found = []
        for p in rules.prefixes[customer]:
            found += [p.network_address + n for n in range(1, min(p.num_addresses, 9))]
            if p.num_addresses > 4096:
                found += [a for a in OUTER if a in p and a not in found]
        return found

    def names(self, customer, rules):
        """His own; external ones; one that is another's."""
        draw, found = self.random.randrange, []
        for d in rules.domains[customer]:
            if d in (SHARED, LENT):
                found += [f'n{draw(40)}.{d}' for _ in range(3)]
                found.append(f'{self.random.choice(SPECIAL)}.{d}')
            else:
                found += [f'h{draw(10)}.{d}' for _ in range(4)] + [f'x.h{draw(4)}.{d}', d]
        return found + [f'e{draw(10)}.else.test', f'n{draw(20)}.{LENT}', f'h0.d{draw(300)}.isp.test']

    def draw_content(self, customer, rules, careful=.9):
        """Hosts that are allowed, if it is done with care."""
        random, hosts = self.random, []
        is_careful = random.random() < careful
        addresses, names = self.addresses(customer, rules), self.names(customer, rules)
        for a in random.sample(addresses, random.randrange(min(len(addresses), 10) + 1)):
            if is_careful and not rules.has_address(customer, a):
                continue
            chosen = []
            count = random.choice([1, 1, 1, 1, 2, 3])
            for name in dict.fromkeys(random.choice(names) for _ in range(count)):
                alone = random.random() < .08
                if not is_careful or rules.allows(customer, Pair(a, name, None, alone)):
                    chosen.append((name, alone, random.random() < .05))
            if chosen:
                hosts.append((a, random.choice([None] * 6 + ['5m', '90']), chosen))
        return Content(hosts, random.choice([None, None, None, '2h', '600']))

    def write_sound(self, customer, rules, content):
        """The same content is the same octets, often."""
        is_again = content is self.content.get(customer) and self.random.random() < .8
        self.content[customer], self.files[customer] = content, pairs_of(content)
        if not is_again:
            self.octets[customer] = render(self.random, customer, content)
        how = self.put(f'{self.place}/{rules.file[customer]}', self.octets[customer])
        return f'{customer} sound{" again" * is_again}, {how}'

    def change(self, customer, rules, is_sound=False):
        """Something else for his file; returns what, in words."""
        random, how = self.random, self.random.random()
        path, content = f'{self.place}/{rules.file[customer]}', self.content.get(customer)
        if content is None or random.random() < .6:
            content = self.draw_content(customer, rules)
        if is_sound or how >= .25:
            return self.write_sound(customer, rules, content)
        if how < .05:
            self.files.pop(customer, None)
            clear(path)
            self.figures['files removed'] += 1
            return f'{customer} removed'
        return self.write_broken(customer, rules, random.choice(
            list(NO_FILES if how < .08 else MISTAKES)))

    def write_broken(self, customer, rules, kind):
        path = f'{self.place}/{rules.file[customer]}'
        if kind in NO_FILES:
            clear(path)
            NO_FILES[kind](path)
        else:
            content = self.content.get(customer) or Content([], None)
            octets = MISTAKES[kind](Text(self.random, customer, content))
            self.put(path, octets if isinstance(octets, bytes) else octets.encode())
        self.files[customer] = None
        self.figures['files broken'] += 1
        self.kinds[kind] += 1
        return f'{customer} {kind}'

    def break_in_every_way(self, rules):
        """Each mistake once; returns whose files are broken."""
        kinds = [*MISTAKES, *NO_FILES]
        chosen = self.random.sample(rules.order, len(kinds))
        for customer, kind in zip(chosen, kinds):
            self.write_broken(customer, rules, kind)
        return chosen

    def mend(self, customer, rules):
        """As it was before, mostly octet for octet."""
        if customer in self.content:
            self.write_sound(customer, rules, self.content[customer])

    def put(self, path, octets, may_link=True):
        """Rename over, write in place, remove and make again, lead a link to another file."""
        how = self.random.choice(['over', 'over', 'in place', 'anew', 'link' if may_link else 'over'])
        is_file = os.path.isfile(path) and not os.path.islink(path)
        if how == 'in place' and is_file:
            with open(path, 'r+b') as f:
                f.truncate(self.random.choice([0, os.path.getsize(path)]))
                for i in range(0, len(octets), 200):
                    f.write(octets[i:i + 200])
                    f.flush()
                f.truncate()
            return how
        if how == 'anew' or os.path.isdir(path) and not os.path.islink(path):
            clear(path)
        target = path + '.new'
        if how == 'link':
            self.releases += 1
            target = f'{self.place}/elsewhere/{self.releases}'
        with open(target, 'wb') as f:
            f.write(octets)
        if how == 'link':
            os.symlink(target, path + '.new')
        os.rename(path + '.new', path)
        return how
