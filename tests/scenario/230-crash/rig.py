# SPDX-License-Identifier: ISC
"""What the parts of this scenario share: an arpad with two customers and four zones, whose contents
carry a number, and what was ever answered.

    10.1.0.0/16 and acme.example    customer acme
    10.2.0.0/16 and best.example    customer best

Content number n is one line for each direction of each customer, so that it shows in all four
zones:

    10.C.255.255: gN.DOMAIN       the reverse zone's number
    10.C.(n/256).(n%256): now.DOMAIN    the forward zone's
"""

import ctypes
import json
import os
import random
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time

import dns

SOA, A, PTR = 6, 1, 12
CUSTOMERS = {"acme": 1, "best": 2}
ZONES = [z for c, i in CUSTOMERS.items() for z in (f"{i}.10.in-addr.arpa", f"{c}.example")]
PATIENCE_S = 20


def say(good, text, detail=""):
    print(("ok - " if good else "not ok - ") + text)
    for line in str(detail).splitlines() if not good else []:
        print("# " + line)
    sys.stdout.flush()


def note(text):
    print("# " + text, flush=True)


def until(true, what, seconds=PATIENCE_S):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(0.002)


def every(count, of):
    """`count` of the numbers 1..of, the first and the last among them."""
    if count >= of:
        return list(range(1, of + 1))
    return sorted({1, of, *random.sample(range(1, of + 1), count - 2)})


def _skip_name(message, at):
    while message[at] and message[at] < 0xC0:
        at += 1 + message[at]
    return at + (2 if message[at] else 1)


def _name(message, at):
    labels = []
    while message[at]:
        if message[at] >= 0xC0:
            at = struct.unpack(">H", message[at : at + 2])[0] & 0x3FFF
            continue
        labels.append(message[at + 1 : at + 1 + message[at]].decode())
        at += 1 + message[at]
    return ".".join(labels)


def _first_rdata(message):
    """Where the rdata of the first answer begins and ends; None: there is none."""
    if dns.rcode(message) or not dns.answers(message):
        return None
    at = _skip_name(message, 12) + 4
    at = _skip_name(message, at) + 10
    return at, at + struct.unpack(">H", message[at - 2 : at])[0]


def _die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class Gone(Exception):
    """arpad does not answer."""


class World:
    def __init__(self, name, reload="", port=None, state=None):
        self.folder = os.path.join(os.environ["SCRATCH"], name)
        os.makedirs(self.folder + "/customers")
        self.port = port or dns.free_port()
        self.state = state or self.folder + "/state"
        self.control = self.folder + "/control.sock"
        self.fault = self.folder + "/fault"
        self.count = self.folder + "/count"
        self.log = self.folder + "/log"
        self.process = None
        self.contents = [{} for _ in ZONES]  # of each zone: serial -> number
        self.highest = [0] * len(ZONES)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.connect(("127.0.0.1", self.port))
        self.ident = 0
        self.n = 0  # the number that the sources have
        self.first_answers = []  # seconds from start to the first answer
        self.faults("none")
        self.operate(reload)

    # the sources

    def operate(self, reload="", more=""):
        with open(self.folder + "/arpad.yaml", "w") as f:
            f.write(
                f"version: 1\nserver:\n  listen: [127.0.0.1@{self.port}]\n  workers: 1\n"
                f"  watch: no\n  state: {self.state}\n  control: {self.control}\n"
                + (f"  reload: {reload}\n" if reload else "")
                + "defaults: {ns: [ns1.isp.example, ns2.isp.example], hostmaster: hostmaster@isp.example}\n"
                "zones: [10.1.0.0/16, acme.example, 10.2.0.0/16, best.example]\ncustomers:\n"
            )
            for c, i in CUSTOMERS.items():
                f.write(f"  {c}: {{prefixes: [10.{i}.0.0/16], domains: [{c}.example]}}\n")
            f.write(more)

    def source(self, customer):
        return f"{self.folder}/customers/{customer}.yaml"

    def text(self, customer, n):
        i = CUSTOMERS[customer]
        return (
            f"version: 1\ncustomer: {customer}\nhosts:\n"
            f"  10.{i}.255.255: g{n}.{customer}.example\n"
            f"  10.{i}.{n // 256}.{n % 256}: now.{customer}.example\n"
            + "".join(f"  10.{i}.254.{k}: h{k}.{customer}.example\n" for k in range(1, 30))
        )

    def write(self, n=None):
        self.n = self.n + 1 if n is None else n
        for c in CUSTOMERS:
            with open(self.source(c), "w") as f:
                f.write(self.text(c, self.n))

    def wreck(self, customers=tuple(CUSTOMERS)):
        """From now on only the state folder can tell what they published."""
        for c in customers:
            with open(self.source(c), "w") as f:
                f.write("version: 1\nhosts: [nonsense\n")

    def faults(self, text):
        # a new file, for the shim counts anew when it is another
        with open(self.fault + ".new", "w") as f:
            f.write(text + "\n")
        os.rename(self.fault + ".new", self.fault)
        if os.path.exists(self.count):
            os.unlink(self.count)

    def counted(self):
        try:
            with open(self.count) as f:
                return int(f.read() or 0)
        except FileNotFoundError:
            return 0

    # the process

    def start(self, shim=False, wait=True, prefix=()):
        environ = dict(os.environ)
        environ.pop("JOURNAL_STREAM", None)
        if shim:
            environ.update(
                LD_PRELOAD=os.environ["SHIM"],
                FAULT_FILE=self.fault,
                FAULT_UNDER=self.state,
                FAULT_COUNT=self.count,
            )
        with open(self.log, "w") as log:
            began = time.monotonic()
            self.process = subprocess.Popen(
                [*prefix, os.environ["ARPAD"], "-c", self.folder + "/arpad.yaml"],
                stderr=log,
                env=environ,
                preexec_fn=_die_with_parent,
            )
        if not wait:
            return
        while True:
            try:
                self.ask(ZONES[0], SOA, 0.02)
                break
            except Gone:
                if self.process.poll() is not None:
                    raise AssertionError(f"arpad does not start:\n{self.said()}") from None
                assert time.monotonic() < began + PATIENCE_S, "no answer after the start"
        self.first_answers.append(time.monotonic() - began)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.terminate()
        status = self.process.wait(PATIENCE_S)
        assert status == 0, f"exit status {status}:\n{self.said()}"

    def close_process(self):
        if self.process and self.process.poll() is None:
            self.kill()

    def close(self):
        self.close_process()
        shutil.rmtree(self.folder)

    def said(self, since=0):
        with open(self.log, errors="replace") as f:
            return f.read()[since:]

    def command(self, word):
        """Send a command; the connection, for answer()."""
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(PATIENCE_S)
        s.connect(self.control)
        s.sendall(word.encode() + b"\n")
        return s

    @staticmethod
    def answer(s):
        line = b""
        with s:
            while not line.endswith(b"\n"):
                more = s.recv(65536)
                if not more:
                    raise Gone
                line += more
        return json.loads(line)

    def settle(self):
        """Wait until nothing is under way, images and sweeping included."""
        until(lambda: not self.status()["reload"]["running"], "no reload runs")

    def status(self):
        return self.answer(self.command("status"))

    def reload(self):
        """The answer to `reload`, when everything that follows it is done, too."""
        result = self.answer(self.command("reload"))["reload"]
        self.status()
        return result

    # the answers

    def ask(self, name, qtype, seconds=2.0):
        self.ident = (self.ident + 1) & 0xFFFF
        end = time.monotonic() + seconds
        try:
            self.socket.send(dns.query(name, qtype, self.ident))
            while True:
                self.socket.settimeout(max(end - time.monotonic(), 0.0001))
                message = self.socket.recv(65535)
                if dns.ident(message) == self.ident:
                    return message
        except OSError:
            time.sleep(0.0005)
            raise Gone from None

    def serial(self, zone, seconds=2.0):
        message = self.ask(ZONES[zone], SOA, seconds)
        where = _first_rdata(message)
        assert where, f"no SOA of {ZONES[zone]}: rcode {dns.rcode(message)}"
        return struct.unpack(">I", message[where[1] - 20 : where[1] - 16])[0]

    def number(self, zone, seconds=2.0):
        is_forward = zone % 2
        name = f"now.{ZONES[zone]}" if is_forward else f"255.255.{ZONES[zone]}"
        message = self.ask(name, A if is_forward else PTR, seconds)
        where = _first_rdata(message)
        if not where:
            return None
        if is_forward:
            return struct.unpack(">H", message[where[1] - 2 : where[1]])[0]
        return int(_name(message, where[0]).split(".")[0][1:])

    def look_at(self, zone, seconds=2.0):
        """The number that a zone has, and keep its serial; what was answered must be a function
        from serials to numbers, and serials go up."""
        while True:
            serial = self.serial(zone, seconds)
            number = self.number(zone, seconds)
            if self.serial(zone, seconds) == serial:
                break
        assert serial >= self.highest[zone], (
            f"{ZONES[zone]}: serial {serial} after {self.highest[zone]}"
        )
        self.highest[zone] = serial
        was = self.contents[zone].setdefault(serial, number)
        assert was == number, f"{ZONES[zone]}: serial {serial} had number {was}, has {number}"
        return number

    def look(self):
        """The numbers of all zones, one after the other."""
        return [self.look_at(zone) for zone in range(len(ZONES))]

    def seen(self, allowed):
        """All zones have one of the numbers `allowed`, all the same; which."""
        numbers = self.look()
        if len(set(numbers)) > 1:  # one may have been published meanwhile
            first, numbers = numbers, self.look()
            assert sorted(first) == first, f"mixed: {first}"
        assert len(set(numbers)) == 1, f"mixed: {numbers}"
        assert numbers[0] in allowed, f"number {numbers[0]} is served, not one of {allowed}"
        return numbers[0]

    def expect(self, n):
        numbers = self.look()
        assert numbers == [n] * len(ZONES), f"served: {numbers}, not {n}\n{self.said()}"

    def until_served(self, n):
        until(lambda: self.look() == [n] * len(ZONES), f"number {n} is served")
        self.settle()

    # the state folder

    def files(self, kind):
        """All but folders, which stay where they are."""
        with os.scandir(f"{self.state}/{kind}") as entries:
            return sorted(e.path for e in entries if not e.is_dir(follow_symlinks=False))

    def manifest(self):
        with open(self.state + "/manifest") as f:
            return f.read()

    def is_tidy(self):
        """Nothing in the state folder but what belongs to the one generation."""
        names = sorted(os.listdir(self.state))
        assert names == ["fragments", "images", "lock", "manifest", "manifest.copy"], names
        assert len(self.files("fragments")) == 2, self.files("fragments")
        assert len(self.files("images")) == 4, self.files("images")
        with open(self.state + "/manifest.copy") as f:
            assert f.read() == self.manifest(), "the copies differ"


def run(*parts):
    """Each part is a function whose first line of documentation is the claim; what it returns
    is a figure."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    seed = int(os.environ.get("CRASH_SEED") or time.time_ns() & 0xFFFFFF)
    random.seed(seed)
    for part in parts:
        claim = part.__doc__.splitlines()[0].rstrip(".")
        began = time.monotonic()
        world = World(part.__name__)
        try:
            figure = part(world)
            say(True, claim)
            if figure:
                note(f"{part.__name__}: {figure}; {time.monotonic() - began:.1f} s")
        except (AssertionError, Gone, OSError) as e:
            import traceback

            say(False, claim, f"seed {seed}\n{traceback.format_exc()}\n{world.said()[-3000:]}")
        finally:
            world.close()


def rounds(small, full):
    """How often something is tried; CRASH_ROUNDS is in hundredths of the full count."""
    return max(small, full * int(os.environ.get("CRASH_ROUNDS", 0)) // 100)


def times(seconds):
    """Of a list of durations, what a person wants to know."""
    s = sorted(seconds)
    return f"median {s[len(s) // 2] * 1000:.1f} ms, most {s[-1] * 1000:.1f} ms of {len(s)}"
