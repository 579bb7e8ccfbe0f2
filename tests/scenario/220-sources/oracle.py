# SPDX-License-Identifier: ISC
"""oracle.py - what is served after each reload, by the rules of format.md alone.

Nothing is incremental: every file is judged at every reload. What is remembered is what the rules
ask for: what each customer published last. Whether a file is sound in form is known beforehand, for
who made it (sources.py) meant it so.

Refusal. A file that breaks a rule, or is gone, leaves what its customer published last, as far as
today's arpad.yaml allows it.
Conflicts. Of several customers that claim one name, who held it keeps it: he is kept, or published it
last; else it is the first in arpad.yaml whose file is good. What loses is refused and kept. Several
can have held a name only when it was in no zone here: the first in arpad.yaml keeps it, and what is
kept of the others goes on without it."""
from collections import namedtuple

Pair = namedtuple('Pair', 'address name ttl is_ptr_alone')  # ttl None: the operator's
GOOD, REFUSED, MISSING, VANISHED = 'good', 'refused', 'missing', 'vanished'


class Oracle:
    def __init__(self):
        self.past = {}     # customer -> pairs, each with its TTL
        self.states = {}   # customer -> as `arpa status` says
        self.dropped = self.conflicts = 0

    def reload(self, rules, files):
        """files: customer -> pairs of a file of sound form, None for one that is not, or nothing
        when there is no file."""
        w = Work(self, rules, files)
        w.judge_files()
        w.settle_conflicts()
        self.past, self.states = w.published, w.states


class Work:
    def __init__(self, oracle, rules, files):
        self.oracle, self.rules, self.files, self.before = oracle, rules, files, oracle.past
        self.published, self.states = {}, {}

    def judge_files(self):
        for c in self.rules.order:
            pairs = self.files.get(c)
            if pairs is not None and all(self.rules.allows(c, p) for p in pairs):
                self.states[c] = GOOD
                self.published[c] = [p._replace(ttl=self.rules.ttl if p.ttl is None else p.ttl) for p in pairs]
            elif c in self.files:
                self.keep(c, REFUSED)
            else:
                self.keep(c, VANISHED if c in self.before else MISSING)

    def keep(self, c, state):
        self.states[c] = state
        self.published.pop(c, None)
        if c in self.before:
            self.published[c] = [p for p in self.before[c] if self.rules.allows(c, p)]
            self.oracle.dropped += len(self.before[c]) - len(self.published[c])

    def claims(self):
        found = {}
        for c in self.rules.order:
            for p in self.published.get(c, ()):
                if self.rules.is_contestable(c, p):
                    found.setdefault(p.name, {})[c] = None
        return {name: list(who) for name, who in found.items()}

    def held(self, c, name):
        return any(p.name == name and not p.is_ptr_alone for p in self.before.get(c, ()))

    def losers_to_holders(self):
        losers = set()
        for name, who in self.claims().items():
            if len(who) == 1:
                continue
            held = [c for c in who if self.states[c] != GOOD or self.held(c, name)]
            for c in who if held else ():
                if c != held[0] and self.states[c] == GOOD:
                    losers.add(c)
                elif c != held[0]:
                    self.published[c] = [p for p in self.published[c] if p.name != name or p.is_ptr_alone]
                    self.oracle.dropped += 1
        return losers

    def losers_by_order(self):
        losers, taken = set(), set()
        claims = {}
        for name, who in self.claims().items():
            for c in who:
                claims.setdefault(c, set()).add(name)
        for c in self.rules.order:
            if self.states[c] == GOOD and claims.get(c, set()) & taken:
                losers.add(c)
            else:
                taken |= claims.get(c, set())
        return losers

    def settle_conflicts(self):
        while True:
            losers = self.losers_to_holders() or self.losers_by_order()
            if not losers:
                return
            self.oracle.conflicts += len(losers)
            for c in losers:
                self.keep(c, REFUSED)
