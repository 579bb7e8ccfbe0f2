# SPDX-License-Identifier: ISC
"""mistakes.py - a customer's file as text, sound or broken in one known way.

    render(random, customer, content)     sound, spelled in one of many ways
    MISTAKES                              name -> what makes bad octets of a sound file
    NO_FILES                              name -> what puts something else in the file's place

Each mistake is one that format.md lists or a kind of it, and each leaves no sound file, by the way it
is made. What depends on arpad.yaml (scope, conflicts) is no concern of this: the oracle sees it."""
import ipaddress
import os
import socket


class Content:
    """What a file says: its TTL, and hosts (address, own TTL, [(name, forward: no, role: mail)]);
    a TTL is as it is written, or None."""

    def __init__(self, hosts, ttl):
        self.hosts, self.ttl = hosts, ttl


def spell_address(random, a):
    text = str(a)
    if a.version == 6 and random.random() < .3:
        text = a.exploded.upper() if random.random() < .5 else a.exploded
    return f'"{text}"' if random.random() < .2 else text


def spell_name(random, name):
    if random.random() < .1:
        name = name.upper()
    return name + '.' * (random.random() < .2)


def spell_item(random, name, alone, role):
    if not alone and not role and random.random() < .9:
        return spell_name(random, name)
    more = ', forward: no' * alone + ', role: mail' * role
    return f'{{name: {spell_name(random, name)}{more}}}'


def spell_host(random, ttl, names):
    items = [spell_item(random, *n) for n in names]
    if ttl is None:
        return items[0] if len(items) == 1 and random.random() < .8 else f'[{", ".join(items)}]'
    if len(names) > 1:
        return f'{{ttl: {ttl}, names: [{", ".join(items)}]}}'
    name, alone, role = names[0]
    more = ', forward: no' * alone + ', role: mail' * role
    return f'{{name: {spell_name(random, name)}, ttl: {ttl}{more}}}'


class Text:
    """The lines of a file, before they are put together: mistakes go between them."""

    def __init__(self, random, customer, content):
        self.random, self.customer = random, customer
        self.head = ['version: 1', f'customer: {customer}']
        if content.ttl is not None:
            self.head.append(f'ttl: {content.ttl}')
        self.hosts = [f'  {spell_address(random, a)}: {spell_host(random, ttl, names)}'
                      for a, ttl, names in content.hosts]
        self.addresses = [a for a, _, _ in content.hosts]
        self.tail = []

    def __str__(self):
        lines = self.head + (['hosts:'] + self.hosts if self.hosts else ['hosts: {}']) + self.tail
        return '\n'.join(lines) + '\n'


def render(random, customer, content):
    text = Text(random, customer, content)
    if random.random() < .3:
        text.head.insert(random.randrange(3), '# ' + 'é' * random.randrange(5))
    if random.random() < .2:
        random.shuffle(text.head)
    octets = str(text).encode()
    if random.random() < .1:
        octets = octets.replace(b'\n', b'\r\n')
    return b'\xef\xbb\xbf' * (random.random() < .05) + octets


def top(line):
    """One line more at the top level."""
    def make(t):
        t.tail.append(line)
        return str(t)
    return make


def head(old, new):
    """Another line instead of one in the head."""
    def make(t):
        t.head = [new if line.startswith(old) else line for line in t.head]
        return str(t)
    return make


def without(old):
    def make(t):
        t.head = [line for line in t.head if not line.startswith(old)]
        return str(t)
    return make


def host(line):
    """One host more, at an address that the file does not have; it stands anywhere among them."""
    def make(t):
        t.hosts.insert(t.random.randrange(len(t.hosts) + 1), '  ' + line)
        return str(t)
    return make


def named(value):
    return host(f'10.99.0.1: {value}')


def hosts_are(text):
    def make(t):
        return '\n'.join(t.head + [text] + t.tail) + '\n'
    return make


def address_twice(t):
    a = t.random.choice(t.addresses or [ipaddress.ip_address('10.99.0.1')])
    t.hosts += [f'  {a}: a.else.test', f'  "{a}": b.else.test']
    return str(t)


def address_twice_by_value(t):
    a = t.random.choice([a for a in t.addresses if a.version == 6] or [ipaddress.ip_address('2001:db8::99')])
    t.hosts += [f'  "{a}": a.else.test', f'  {a.exploded.upper()}: b.else.test']
    return str(t)


def cut_anywhere(t):
    """The customer stands last, so that every cut leaves too little."""
    t.tail.append(t.head.pop(1))
    text = str(t)
    return text[:t.random.randrange(len(text) - 1)]


def deep(n):
    return '[' * n + 'a' + ']' * n


LONG = 'a' * 63 + '.'
MISTAKES = {
    'unknown key': top('colour: red'),
    'unknown key in a host': named('{name: a.else.test, colour: red}'),
    'unknown key, max-hosts': top('max-hosts: 5'),
    'version twice': top('version: 1'),
    'hosts twice': top('hosts: {}'),
    'name twice in a host': named('{name: a.else.test, name: b.else.test}'),
    'name and names': named('{name: a.else.test, names: [b.else.test]}'),
    'address twice': address_twice,
    'address twice by value': address_twice_by_value,
    'no hosts value': hosts_are('hosts:'),
    'null for a name': named('~'),
    'nothing for a name': named(''),
    'null for ttl': top('ttl:'),
    'null in a list': named('[a.else.test, ~]'),
    'no name in a list': named('[]'),
    'no name in a map': named('{ttl: 5m}'),
    'hosts is a list': hosts_are('hosts: [a, b]'),
    'hosts is text': hosts_are('hosts: all'),
    'version is a list': head('version', 'version: [1]'),
    'customer is a map': head('customer', 'customer: {a: b}'),
    'a name is a map of maps': named('{name: {name: a.else.test}}'),
    'a list in a list': named('[[a.else.test]]'),
    'a key is a list': host('[a, b]: c.else.test'),
    'the file is a list': lambda t: '- ' + '\n- '.join(t.head) + '\n',
    'the file is text': lambda t: 'hello\n',
    'anchor': named('&a a.else.test'),
    'anchor and alias': named('[&a a.else.test, *a]'),
    'alias of nothing': named('*a'),
    'merge key': top('<<: {ttl: 5}'),
    'tag': named('!!str a.else.test'),
    'own tag': named('!a a.else.test'),
    'tag directive': lambda t: '%TAG ! tag:a,2000:\n---\n' + str(t),
    'two documents': top('---\nversion: 1'),
    'octets with zeros': host('10.99.0.010: a.else.test'),
    'octets over 255': host('10.99.0.256: a.else.test'),
    'three octets': host('10.99.1: a.else.test'),
    'a prefix as a host': host('10.99.0.0/24: a.else.test'),
    'a prefix with host bits': host('10.99.0.1/24: a.else.test'),
    'IPv4-mapped': host('"::ffff:10.99.0.1": a.else.test'),
    'scoped': host('"fe80::1%eth0": a.else.test'),
    'a name as an address': host('a.else.test: 10.99.0.1'),
    'an address as a name': named('10.99.0.2'),
    'label of 64': named('a' * 64 + '.else.test'),
    'name of 256': named(LONG * 4),
    'underscore': named('_a.else.test'),
    'hyphen first': named('-a.else.test'),
    'hyphen last': named('a-.else.test'),
    'empty label': named('a..else.test'),
    'empty name': named('""'),
    'two names in one': named('a.else.test b.else.test'),
    'wildcard': named('"*.else.test"'),
    'escape': named('a\\.b.else.test'),
    'not in IDNA': named('\U0001f600.else.test'),
    'eleven names': named('[' + ', '.join(f'a{i}.else.test' for i in range(11)) + ']'),
    'a name twice': named('[a.else.test, A.else.test.]'),
    'deep': named(deep(20)),
    'very deep': named(deep(3000)),
    'scalar over 4 KiB': named('a' * 4097),
    'key over 4 KiB': top('a' * 4097 + ': 1'),
    'ttl in weeks': head('version', 'version: 1\nttl: 1w'),
    'ttl below nothing': named('{name: a.else.test, ttl: -1}'),
    'ttl too large': named('{name: a.else.test, ttl: 2147483648}'),
    'role': named('{name: a.else.test, role: male}'),
    'forward': named('{name: a.else.test, forward: maybe}'),
    'ranges': top('ranges: all'),
    'delegate': top('delegate: [all]'),
    'wrong customer': head('customer', 'customer: c1000'),
    'customer in other letters': lambda t: head('customer', f'customer: {t.customer.upper()}')(t),
    'no customer': without('customer'),
    'no version': without('version'),
    'version 2': head('version', 'version: 2'),
    'version 1.0': head('version', 'version: 1.0'),
    'quotes: {ip}': named('{ip}.else.test'),
    'quotes: @': named('@'),
    'quotes: not closed': named('"a.else.test'),
    'bracket not closed': named('[a.else.test'),
    'tab': host('\t10.99.0.1: a.else.test'),
    'indented wrongly': top('  a: b\n c: d'),
    'Latin-1': lambda t: str(t).encode() + b'# caf\xe9\n',
    'UTF-16': lambda t: str(t).encode('utf-16'),
    'NUL': named('"a\0b"'),
    'BEL': named('a\x07b'),
    'binary': lambda t: bytes(t.random.randrange(256) for _ in range(300)) + b'\xff',
    'empty': lambda t: '',
    'comments alone': lambda t: '# nothing yet\n' * 3,
    'cut anywhere': cut_anywhere,
}


def make_socket(path):
    with socket.socket(socket.AF_UNIX) as s:  # its path may be too long for sun_path
        folder, name = os.path.split(path)
        there = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        s.bind(f'/proc/self/fd/{there}/{name}')
        os.close(there)


def make_large(path):
    with open(path, 'wb') as f:
        f.truncate((64 << 20) + 1)


def make_forbidden(path):
    with open(path, 'w') as f:
        os.fchmod(f.fileno(), 0)
        f.write('version: 1\n')


NO_FILES = {
    'a folder': os.mkdir,
    'a fifo': os.mkfifo,
    'a socket': make_socket,
    'a device': lambda path: os.symlink('/dev/zero', path),
    'a dangling symlink': lambda path: os.symlink('nothing-there', path),
    'a symlink to itself': lambda path: os.symlink(os.path.basename(path), path),
    'a symlink to a folder': lambda path: os.symlink('.', path),
    'over 64 MiB': make_large,
}
if os.geteuid() != 0:
    NO_FILES['no permission'] = make_forbidden
