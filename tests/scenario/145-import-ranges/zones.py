#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""zones.py DIR - the zones of the scenario: DIR/lines with $GENERATE, DIR/records without; and
DIR/questions, `NAME TYPE` a line."""
import os
import random
import sys

BEGIN = '''$TTL 3600
@ SOA ns1.isp.example. hostmaster.isp.example. 7 3600 600 86400 300
@ NS ns1.isp.example.
@ NS ns2.isp.example.
'''
HOSTS = {(1, 0, 1): 'gw', (1, 128, 0): 'middle'}  # with names of their own
HOLES = {(1, 3, 8), (1, 3, 9), (1, 200, 5)} | {(1, 77, d) for d in range(256)}
TYPES = ('A', 'AAAA', 'CNAME', 'DS', 'MX', 'NS', 'PTR', 'SOA', 'TXT')


class Zone:
    def __init__(self, apex):
        self.apex, self.lines, self.records = apex, [], []

    def add(self, *records):
        self.lines += records
        self.records += records

    def generate(self, first, last, line):
        """A row in one line; $ alone, or ${OFFSET} and ${OFFSET,2,x}."""
        self.lines.append(f'$GENERATE {first}-{last} {line}')
        for n in range(first, last + 1):
            text = line.replace('${0,2,x}', f'{n:02x}').replace('${0,3,n}', f'{n % 16:x}.{n // 16:x}')
            self.records.append(text.replace('${-16}', str(n - 16)).replace('$', str(n)))

    def write(self, folder):
        for kind, lines in (('lines', self.lines), ('records', self.records)):
            with open(f'{folder}/{kind}/{self.apex}.zone', 'w', encoding='ascii') as f:
                f.write(BEGIN + '\n'.join(lines) + '\n')


def rows(b, c):
    """The addresses of 10.B.C.0/24 that the pattern makes names of, as rows."""
    first = None
    for d in range(257):
        fits = d < 256 and (b, c, d) not in HOSTS and (b, c, d) not in HOLES
        if fits and first is None:
            first = d
        if not fits and first is not None:
            yield first, d - 1
            first = None


def make():
    reverse, forward = Zone('10.in-addr.arpa'), Zone('isp.example')
    v6 = Zone('8.b.d.0.1.0.0.2.ip6.arpa')
    forward.add('ns1 A 192.0.2.1', 'ns2 A 192.0.2.2', '*.pool TXT "any"', 'pool MX 10 ns1',
                'h-10-1-0 TXT "not one of them"', 'z-10-1-0-1.pool A 192.0.2.9')
    for c in range(256):
        for first, last in rows(1, c):
            reverse.generate(first, last, f'$.{c}.1 PTR h-10-1-{c}-$.pool.isp.example.')
            forward.generate(first, last, f'h-10-1-{c}-$.pool A 10.1.{c}.$')
    for (b, c, d), name in HOSTS.items():
        reverse.add(f'{d}.{c}.{b} PTR {name}.isp.example.')
        forward.add(f'{name} A 10.{b}.{c}.{d}')
    reverse.add('9.9.1 PTR another-name.isp.example.')  # a second name
    forward.add('another-name A 10.1.9.9')
    reverse.generate(0, 255, '$.0.2 300 PTR c$.dsl.isp.example.')
    forward.generate(0, 255, 'c$.dsl 300 A 10.2.0.$')
    reverse.generate(16, 31, '$.0.3 PTR x${-16}.other.example.')
    reverse.add('64-127.0.4 NS ns.64-127.0.4', 'ns.64-127.0.4 A 10.4.0.66',
                'acme.0.4 NS ns1.acme.example.', 'acme.0.4 NS ns2.acme.example.',
                'acme.0.4 DS 12345 13 2 ' + '0A' * 32)
    reverse.generate(64, 127, '$.0.4 CNAME $.64-127.0.4')
    reverse.generate(128, 255, '$.0.4 CNAME $.acme.0.4')
    reverse.generate(0, 15, '$.0.4 CNAME $.rev.isp.example.')
    forward.generate(0, 7, '$.rev PTR r$.isp.example.')
    v6.generate(0, 255, '${0,3,n}' + 22 * '.0' + ' PTR n${0,2,x}.v6.isp.example.')
    forward.generate(0, 255, 'n${0,2,x}.v6 AAAA 2001:db8::${0,2,x}')
    return reverse, forward, v6


def ask(zones):
    """Names there and not there, of every kind that the ranges have a part in."""
    random.seed(145)
    names = []
    for _ in range(3000):
        b, c, d = random.choice((1, 1, 1, 2, 3, 4)), random.randrange(256), random.randrange(256)
        if random.random() < .5:
            c = random.choice((0, 3, 9, 77, 128, 200))
        names += [f'{d}.{c}.{b}.10.in-addr.arpa.', f'h-10-{b}-{c}-{d}.pool.isp.example.']
    for d in range(300):
        names += [f'c{d}.dsl.isp.example.', f'{d}.0.4.10.in-addr.arpa.', f'{d}.0.3.10.in-addr.arpa.',
                  f'{d}.64-127.0.4.10.in-addr.arpa.', f'{d}.rev.isp.example.',
                  f'n{d:x}.v6.isp.example.', f'n{d:02x}.v6.isp.example.',
                  f'{d % 16:x}.{d // 16 % 16:x}' + 22 * '.0' + '.8.b.d.0.1.0.0.2.ip6.arpa.',
                  f'{d}.77.1.10.in-addr.arpa.', f'h-10-1-77-{d}.pool.isp.example.']
    for c in range(260):
        names += [f'{c}.1.10.in-addr.arpa.', f'{c}.2.10.in-addr.arpa.', f'{c}.10.in-addr.arpa.']
    for d in '00', '01', '001', '256', '0x1', '-1', '1.1', 'a':
        names += [f'{d}.5.1.10.in-addr.arpa.', f'h-10-1-5-{d}.pool.isp.example.',
                  f'c{d}.dsl.isp.example.', f'H-10-1-5-{d}.POOL.isp.example.']
    for n in range(1, 32):
        names.append('.'.join(n * '0') + '.8.b.d.0.1.0.0.2.ip6.arpa.')
    names += [f'{n}.isp.example.' for n in ('pool', 'dsl', 'v6', 'rev', 'gw', 'another-name', 'middle', 'h')]
    names += ['h-10-1-5-5.isp.example.', 'h-10-1-5-5.dsl.isp.example.', 'h-10-1-5.pool.isp.example.',
              'h-10-1-5-5-5.pool.isp.example.', 'g-10-1-5-5.pool.isp.example.']
    names += [f'x.{name}' for name in random.sample(names, 1000)]
    names += [f'{zone.apex}.' for zone in zones]
    for name in dict.fromkeys(names):
        first = 'PTR' if 'arpa' in name else 'AAAA' if '.v6' in name else 'A'
        yield f'{name} {first}'
        yield f'{name} {random.choice([t for t in TYPES if t != first])}'


def main():
    folder = sys.argv[1]
    for kind in 'lines', 'records':
        os.makedirs(f'{folder}/{kind}')
    zones = make()
    for zone in zones:
        zone.write(folder)
    with open(f'{folder}/questions', 'w', encoding='ascii') as f:
        f.write('\n'.join(ask(zones)) + '\n')


main()
