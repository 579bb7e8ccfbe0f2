# SPDX-License-Identifier: ISC
"""server.py - an arpad as a process: started, stopped, held still, asked, ended."""
import json
import os
import re
import signal
import subprocess
import time

import dns

ARPAD, ARPA = os.environ['ARPAD'], os.environ['ARPA']


def run(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, timeout=120, **more)


class Server:
    """With arpad.yaml in `place`, and its state and control socket in `place`/state."""

    def __init__(self, place):
        self.place, self.port, self.log = place, dns.free_port(), f'{place}/log'
        self.process, self.marked = None, 0
        os.makedirs(place, exist_ok=True)

    def start(self):
        """False when it ends instead of serving."""
        with open(self.log, 'a') as log:
            self.mark()
            self.process = subprocess.Popen([ARPAD, '-c', f'{self.place}/arpad.yaml'], stderr=log)
        return self.wait_for(r'^arpad: ready')

    def mark(self):
        self.marked = os.path.getsize(self.log)

    def said(self):
        """The log since mark()."""
        with open(self.log, errors='replace') as f:
            f.seek(self.marked)
            return f.read()

    def wait_for(self, pattern, seconds=60):
        until = time.monotonic() + seconds
        while not re.search(pattern, self.said(), re.M):
            if self.process.poll() is not None or time.monotonic() > until:
                return False
            time.sleep(.005)
        return True

    def end(self, how):
        self.process.send_signal(how)
        return self.process.wait(60)

    def ask(self, command):
        answer = run(ARPA, command, '-s', f'{self.place}/state/control.sock', '--json')
        if not answer.stdout:
            raise OSError(f'arpa {command}: {answer.stderr}')
        return json.loads(answer.stdout)

    def wait_until_idle(self):
        reload = self.ask('status')['reload']
        while reload['running'] or reload['waiting']:
            time.sleep(.005)
            reload = self.ask('status')['reload']

    def is_stopped(self):
        with open(f'/proc/{self.process.pid}/stat') as f:
            return f.read().rpartition(')')[2].split()[0] == 'T'

    def has_compiler(self):
        with open(f'/proc/{self.process.pid}/task/{self.process.pid}/children') as f:
            return bool(f.read())

    def hold(self):
        """Stop it while it reads nothing, so that it sees all that is changed now at once."""
        while True:
            self.wait_until_idle()
            self.process.send_signal(signal.SIGSTOP)
            while not self.is_stopped():
                time.sleep(.001)
            if not self.has_compiler():
                return
            self.process.send_signal(signal.SIGCONT)
