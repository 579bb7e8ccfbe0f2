#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""sources.py FOLDER SECONDS SEED - one arpad that runs on, and whatever people do to its files.

    FOLDER/live     the files that change at random, and the state of the arpad that watches them
    FOLDER/fresh    what the oracle (oracle.py) says is in force, as sound files; a new arpad with no
                    state reads them whole, and both must answer the same to the last record
    FOLDER/zones    the same as zone files: which zone's content has changed
    FOLDER/steps    what was done

A step changes files while arpad is stopped (SIGSTOP), so that what it reads is what the oracle
reads: of several changes in a row the ones in the middle count, too, for they say who held what.
Some steps race instead, with changes after which nothing depends on what was seen of them. Prints
what was wrong, and figures at the end: a line `name: value` each."""
import os
import random as randoms
import re
import signal
import sys
import time
from collections import Counter

from customers import Customers, clear, pairs_of
from judge import Judge
from network import LENT, SHARED, Operator, Rules
from oracle import Oracle
from server import ARPA, Server, run

folder, SECONDS, SEED = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
WRONG_MAX = 8
random = randoms.Random(SEED)
timing = randoms.Random()  # of what does not change what is due


def add_zone(item):
    return lambda t: t.replace('customers:', f'  - {item}\ncustomers:')


def cut(text):
    """Before there are zones, or through the last customer."""
    end = text.index('zones:') if random.random() < .5 else len(text)
    return text[:random.randrange(1, end) if end < len(text) else -random.randrange(3, 40)]


BAD_CONFIGS = {
    'cut': cut,
    'unknown key': lambda t: t + 'colour: red\n',
    'a customer twice': lambda t: t + t.rstrip('\n').rpartition('\n')[2] + '\n',
    'prefix twice': lambda t: t + '  late: {prefixes: %s}\n' % re.search(r'prefixes: (\[.*?\])', t)[1],
    'zone twice': add_zone('POP.test.'),
    'host bits': lambda t: t + '  late: {prefixes: [10.99.0.1/24]}\n',
    'a bare /26': add_zone('10.88.0.64/26'),
    'bad record': add_zone('{name: late.test, records: ["a A 1.2.3"]}'),
    'no records-file': add_zone('{name: late.test, records-file: none}'),
    'record in another zone': add_zone('{name: test, records: ["own1 A 192.0.2.1"]}'),
    'anchor': lambda t: t.replace('zones:', 'zones: &a', 1),
    'Latin-1': lambda t: t.encode() + b'# \xe9\n',
    'version 2': lambda t: t.replace('version: 1', 'version: 2'),
    'empty': lambda t: '',
    'text': lambda t: 'hello\n',
}


class Driver:
    def __init__(self):
        self.figures, self.kinds = Counter(), Counter()
        self.live = Server(f'{folder}/live')
        self.operator = Operator(random, self.live.place)
        self.customers = Customers(random, self.live.place, self.figures, self.kinds)
        self.oracle, self.number = Oracle(), 0
        self.judge = Judge(random, folder, self.live, self.oracle, self.figures)
        self.is_bad = False        # arpad.yaml, or what it includes
        self.was_bad = False       # when arpad started last
        self.write_config()

    # Files

    def as_live(self, text):
        return text.replace('LISTEN', f'127.0.0.1@{self.live.port}').replace('WATCH', 'yes')

    def write_config(self):
        """arpad.yaml as the operator has it, and all it includes."""
        self.is_bad = False
        self.config, self.rules = self.operator.files(), Rules(self.operator)
        for path, text in self.config.items():
            is_included = '/' in path
            path, octets = f'{self.live.place}/{path}', self.as_live(text).encode()
            os.makedirs(os.path.dirname(path), exist_ok=True)
            if is_included and os.path.isfile(path):
                with open(path, 'rb') as f:
                    if f.read() == octets:
                        continue
            self.customers.put(path, octets, may_link=not is_included)

    def break_config(self):
        self.is_bad = True
        path = f'{self.live.place}/arpad.yaml'
        kind = random.choice(list(BAD_CONFIGS) + ['gone', 'folder', 'include outside'])
        if kind == 'include outside':
            path = f'{self.live.place}/zones/shared.test.records'
        clear(path)
        if kind == 'folder':
            os.mkdir(path)
        elif kind != 'gone':
            text = 'n1 A 192.0.2.1\n$INCLUDE ../../arpad.yaml\n' if kind == 'include outside' else \
                BAD_CONFIGS[kind](self.as_live(self.config['arpad.yaml']))
            with open(path, 'wb') as f:
                f.write(text if isinstance(text, bytes) else text.encode())
        self.figures['arpad.yaml broken'] += 1
        self.kinds[f'arpad.yaml: {kind}'] += 1
        return f'arpad.yaml broken: {kind}'

    def change_files(self):
        """What was done, in words."""
        done, how = [], random.random()
        if self.is_bad and how < .5:
            self.write_config()
            done.append('arpad.yaml mended')
        elif not self.is_bad and how < .22:
            done += [self.operator.change() for _ in range(random.choice([1, 1, 1, 2, 3]))]
            self.write_config()
            self.figures['arpad.yaml changed'] += 1
        elif not self.is_bad and how < .26:
            done.append(self.break_config())
        if not done or random.random() < .5:
            chosen = random.sample(self.rules.order, random.choice([1, 1, 2, 3, 5, 20]))
            done += [self.customers.change(c, self.rules) for c in chosen]
            self.figures['files changed'] += len(chosen)
        return ', '.join(done)

    # Steps

    def step(self):
        self.number += 1
        kind, is_strict = random.random(), True
        if kind < .06:
            what = self.restart()
        elif kind < .16 and not self.is_bad:
            what, is_strict = self.race(), False
        else:
            what = self.change_at_once()
        self.conclude(what, is_strict)

    def conclude(self, what, is_strict):
        with open(f'{folder}/steps', 'a') as f:
            f.write(f'{self.number}: {what}\n')
        if not self.is_bad:
            self.oracle.reload(self.rules, self.customers.files)
            self.in_force = self.config, self.rules
        self.judge.judge(self.number, what, *self.in_force, self.is_bad, is_strict)

    def change_at_once(self):
        self.live.hold()
        self.live.mark()
        what = self.change_files()
        self.live.process.send_signal(signal.SIGCONT)
        if random.random() < .05:
            time.sleep(timing.random() * .1)
            self.live.end(signal.SIGKILL)
            self.figures['killed while reading'] += 1
            self.start()
            return f'{what}, then killed'
        # started with a bad arpad.yaml, it knows of no customers, and need not
        if random.random() < .5 or self.is_bad and self.was_bad:
            self.reload()
        else:
            self.wait_for_watching(what)
        return what

    def wait_for_watching(self, what):
        self.figures['settled by watching'] += 1
        if not self.live.wait_for(r'^arpad: (reloaded|not reloaded|nothing has changed)', 20):
            self.judge.complain('watching', f'no reload for {what}')
            self.reload()
        self.live.wait_until_idle()

    def reload(self):
        if self.is_bad:
            self.live.ask('reload')
        else:
            run(ARPA, 'reload', '-c', f'{self.live.place}/arpad.yaml', '--json')

    def race(self):
        """Sound files of customers with whom nobody shares, written while they are read."""
        alone = [c for c in self.rules.order if not any(
            len(self.rules.owners[d]) > 1 or d in (SHARED, LENT) for d in self.rules.domains[c])]
        done = []
        for customer in random.sample(alone, 8):
            content = self.customers.draw_content(customer, self.rules, careful=1)
            if not all(self.rules.allows(customer, p) for p in pairs_of(content)):
                continue
            for _ in range(2):
                self.customers.write_sound(customer, self.rules, content)
                time.sleep(timing.random() * .05)
            done.append(customer)
        time.sleep(timing.random() * .2)
        self.reload()
        self.figures['races'] += 1
        return f'race of {", ".join(done)}'

    def restart(self):
        how = random.choice([signal.SIGTERM, signal.SIGKILL])
        self.live.hold()
        if how == signal.SIGTERM:
            self.live.process.send_signal(signal.SIGCONT)
        if self.live.end(how) != 0 and how == signal.SIGTERM:
            self.judge.complain('stopping', f'exit status {self.live.process.returncode}')
        self.figures['killed' if how == signal.SIGKILL else 'stopped'] += 1
        what = 'restart'
        if random.random() < .6:
            what += ', meanwhile ' + self.change_files()
            self.figures['files changed while it was down'] += 1
        self.start()
        return what

    def start(self):
        """With a bad arpad.yaml it serves what it has, or says why it does not start."""
        self.was_bad = self.is_bad
        if not self.live.start():
            if not self.is_bad or self.live.process.wait(60) != 1 or ' error: ' not in self.live.said():
                sys.exit(f'arpad does not start: {self.live.said()}')
            self.figures['not started, for arpad.yaml is bad'] += 1
            self.write_config()
            return self.start()
        self.figures['started with a bad arpad.yaml'] += self.is_bad
        self.reload()

    def begin(self):
        for customer in self.rules.order:
            if random.random() < .95:
                self.customers.change(customer, self.rules, is_sound=random.random() < .8)
        self.start()
        self.conclude('at first', False)
        self.number += 1
        broken = self.customers.break_in_every_way(self.rules)
        self.reload()
        self.conclude('every mistake', False)
        self.number += 1
        for customer in broken:
            self.customers.mend(customer, self.rules)
        self.reload()
        self.conclude('every mistake mended', False)

    def end(self):
        for server in self.live, self.judge.fresh:
            if server.process and server.process.poll() is None:
                server.process.send_signal(signal.SIGCONT)
                if server.end(signal.SIGTERM) != 0:
                    self.judge.complain('stopping', f'exit status {server.process.returncode}')

    def tell(self):
        self.figures.update({'steps': self.number, 'kinds of mistakes': len(self.kinds),
                             'conflicts': self.oracle.conflicts, 'pairs dropped': self.oracle.dropped,
                             'wrong': len(self.judge.wrong)})
        for name, value in sorted(self.figures.items()):
            print(f'{name}: {value}')


signal.signal(signal.SIGTERM, lambda *_: sys.exit('it was ended'))
driver = Driver()
until = time.monotonic() + SECONDS
try:
    driver.begin()
    while time.monotonic() < until and len(driver.judge.wrong) < WRONG_MAX:
        driver.step()
finally:
    driver.end()
driver.tell()
sys.exit(bool(driver.judge.wrong))
