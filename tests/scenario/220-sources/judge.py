# SPDX-License-Identifier: ISC
"""judge.py - whether the arpad that runs on says and serves what the oracle has in force.

    states      arpa status: good, refused, missing, vanished, and how many pairs
    answers     a new arpad with no state reads what is in force, as sound files; both are asked
                for all addresses and names that were ever in force
    serials     arpa pairs writes the same as zone files: which zone's content has changed"""
import hashlib
import ipaddress
import os
import re
import shutil
import signal
import sys

from server import ARPA, Server, run

COMPARE = f'{os.environ["BUILD"]}/tests/tools/compare'
CUTS = {'10.1.5.64/26': '64-127.5.1.10', '10.3.0.64/26': '64/26.0.3.10'}


def text_of(customer, pairs):
    """A file with these pairs and nothing left to defaults."""
    hosts = {}
    for p in pairs:
        hosts.setdefault(p.address, []).append(p)
    lines = ['version: 1', f'customer: {customer}', 'hosts:' if hosts else 'hosts: {}']
    for a, those in hosts.items():
        items = ', '.join(f'{{name: {p.name}, forward: {"no" if p.is_ptr_alone else "yes"}}}'
                          for p in those)
        lines.append(f'  "{a}": {{ttl: {those[0].ttl}, names: [{items}]}}')
    return '\n'.join(lines) + '\n'


class Judge:
    def __init__(self, random, folder, live, oracle, figures):
        self.random, self.live, self.oracle, self.figures = random, live, oracle, figures
        self.fresh, self.zones = Server(f'{folder}/fresh'), f'{folder}/zones'
        self.written = {}  # path -> what self.fresh has there
        self.addresses, self.names, self.serials = set(), {'shared.test', 'else.test'}, {}
        self.wrong, self.step, self.what = [], 0, ''

    def complain(self, kind, text, customers=()):
        self.figures[f'{kind} different'] += 1
        for c in list(customers)[:3]:
            told = [line for line in self.live.said().split('\n') if f'/{c}.yaml' in line]
            text += f'\n  {c}: {told[-3:]}'
        self.wrong.append(f'step {self.step}, {self.what}: {text}'[:3000])
        print(self.wrong[-1], flush=True)

    def judge(self, step, what, config, rules, is_bad, is_strict):
        """config: files of the operator that are in force; is_bad: arpad.yaml is not sound now, so
        nothing has changed; is_strict: there was one reload, or several of the same files."""
        self.step, self.what = step, what
        self.judge_states(rules, is_bad)
        self.bring_up_fresh(config, rules)
        self.judge_serials(is_strict)
        self.judge_answers()

    def judge_states(self, rules, is_bad):
        status = self.live.ask('status')
        said = {c['name']: (c['state'], c['pairs']) for c in status['customers']}
        due = {c: (state, len(self.oracle.past.get(c, ()))) for c, state in self.oracle.states.items()}
        self.figures['states compared'] += len(due)
        for state, _ in due.values():
            self.figures[f'state {state}'] += 1
        bad = {c: (said.get(c), due.get(c)) for c in said.keys() | due.keys()
               if said.get(c) != due.get(c)}
        if bad:
            self.complain('states', f'states and pairs, said and due: {bad}', bad)
        last = status['reload']['last']
        if (last['result'] == 'refused') != is_bad or last['result'] == 'failed':
            self.complain('states', f'the reload was {last["result"]}, {last.get("error")}')
        if is_bad:
            return
        errors = [d for d in last['diagnostics'] if d['severity'] == 'error']
        for d in errors:
            self.figures[f'rule {d["rule"]}'] += 1
        told = {d['file'] for d in errors}
        silent = [c for c, (state, _) in due.items() if (state in ('refused', 'vanished')) !=
                  (f'{self.live.place}/{rules.file[c]}' in told)]
        if silent:
            self.complain('diagnostics', f'refused without a word, or the other way: {silent}', silent)

    def bring_up_fresh(self, config, rules):
        """What is in force, for an arpad that knows nothing else."""
        listen = f'127.0.0.1@{self.fresh.port}'
        files = {path: text.replace('LISTEN', listen).replace('WATCH', 'no')
                 for path, text in config.items()}
        for c in self.oracle.states:
            if c in self.oracle.past:
                files[rules.file[c]] = text_of(c, self.oracle.past[c])
                self.addresses |= {p.address for p in self.oracle.past[c]}
                self.names |= {p.name for p in self.oracle.past[c]}
        if files == self.written:
            return
        for path in self.written.keys() - files.keys():
            os.remove(f'{self.fresh.place}/{path}')
        for path, text in files.items():
            if self.written.get(path) != text:
                path = f'{self.fresh.place}/{path}'
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, 'w') as f:
                    f.write(text)
        self.written = files
        if self.fresh.process:
            self.fresh.end(signal.SIGKILL)
        shutil.rmtree(f'{self.fresh.place}/state', ignore_errors=True)
        if not self.fresh.start():
            sys.exit(f'the new arpad does not start: {self.fresh.said()}')
        if ' error: ' in self.fresh.said():
            self.complain('oracle', f'mistakes in what should be sound: {self.fresh.said()[-1500:]}')

    def contents(self):
        """Of each zone, without its serial."""
        shutil.rmtree(self.zones, ignore_errors=True)
        pairs = run(ARPA, 'pairs', '-c', f'{self.fresh.place}/arpad.yaml', '-o', self.zones)
        if pairs.returncode != 0:
            self.complain('oracle', f'arpa pairs: {pairs.stderr[-1000:]}')
        found = {}
        for name in os.listdir(self.zones):
            with open(f'{self.zones}/{name}') as f:
                text = re.sub(r'(?m)\t;.*$|^;.*\n', '', f.read())
            text = re.sub(r'(\sSOA\s+\S+\s+\S+\s+)\d+', r'\1N', text)
            zone = name.removesuffix('.zone').replace('=2F', '/')
            found[zone] = hashlib.sha256(text.encode()).digest()
        return found

    def judge_serials(self, is_strict):
        """A serial changes when, and only when, the zone does, and never goes back."""
        content = self.contents()
        said = {z['name'].rstrip('.'): z['serial'] for z in self.live.ask('zones')['zones']}
        if said.keys() != content.keys():
            self.complain('serials', f'zones {said.keys() ^ content.keys()}')
        for zone in said.keys() & content.keys():
            now, last = said[zone], self.serials.get(zone)
            self.figures['serials compared'] += 1
            if last:
                serial, was, step = last
                is_same = content[zone] == was
                self.figures['serials changed'] += now != serial
                if now < serial:
                    self.complain('serials', f'{zone} goes back from {serial} to {now}')
                elif not is_same and now == serial:
                    self.complain('serials', f'{zone} has changed, its serial {serial} has not')
                elif is_same and now != serial and is_strict and step == self.step - 1:
                    self.complain('serials', f'{zone} is the same, its serial goes {serial} to {now}')
            self.serials[zone] = now, content[zone], self.step

    def questions(self):
        asked = []
        for a in self.addresses:
            asked.append(f'{a.reverse_pointer}. PTR')
            for prefix, apex in CUTS.items():
                if a in ipaddress.ip_network(prefix):
                    asked.append(f'{int(a) & 255}.{apex}.in-addr.arpa. PTR')
        for name in self.names:
            asked += [f'{name}. {t}' for t in ('A', 'AAAA', 'TXT')]
        some = self.random.sample(sorted(self.names), min(len(self.names), 200))
        asked += [f'nothing.{name}. A' for name in some]
        return asked + [f'{zone}. {t}' for zone in self.serials for t in ('NS', 'MX', 'TXT')]

    def judge_answers(self):
        servers = [f'127.0.0.1@{s.port}' for s in (self.live, self.fresh)]
        over = ['--tcp'] if self.random.random() < .1 else []
        asked = run(COMPARE, *servers, '--ttl', *over, input='\n'.join(self.questions()) + '\n')
        m = re.search(r'(\d+) asked, \d+ same, \d+ different', asked.stdout)
        self.figures['answers compared'] += int(m[1]) if m else 0
        self.figures['comparisons'] += 1
        if asked.returncode != 0 or not m:
            self.complain('answers', f'{asked.stdout[:1500]} ... {asked.stdout[-100:]} {asked.stderr}')
