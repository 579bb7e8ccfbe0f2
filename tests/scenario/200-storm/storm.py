# SPDX-License-Identifier: ISC
"""storm.py PID ARPA FOLDER PORT RELOADS - change customers/acme.yaml again and again. In turn the
server is asked to reload by `arpa reload`, by SIGHUP, and not at all: it watches the file. Each
must be served before the next begins. Prints figures."""

import os
import random
import signal
import socket
import subprocess
import sys
import time

import network

WARM_UP = 20

pid, arpa, folder, port, count = int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(10)
s.connect(("127.0.0.1", port))
turns = {}
took_s = {"arpa reload": [], "SIGHUP": [], "watching": []}


def rss_kib():
    with open("/proc/%d/status" % pid) as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmRSS:"))


def children():
    found = []
    for task in os.listdir("/proc/%d/task" % pid):
        with open("/proc/%d/task/%s/children" % (pid, task)) as f:
            found += f.read().split()
    return found


def descriptors():
    return sorted(os.readlink("/proc/%d/fd/%s" % (pid, n)).split(":")[0] for n in os.listdir("/proc/%d/fd" % pid))


def at_rest():
    """What it has open when no compiler runs; a change of files may still be about to be read."""
    deadline = time.monotonic() + 10
    last = None
    while time.monotonic() < deadline:
        try:
            now = None if children() else descriptors()
        except FileNotFoundError:  # it was closed meanwhile
            now = None
        if now is not None and now == last:
            return now
        last = now
        time.sleep(0.3)
    raise SystemExit("it does not come to rest: children %s" % children())


def reload(generation):
    turns[random.choice(network.HOSTS)] = generation
    began = time.monotonic()
    network.replace(folder + "/customers/acme.yaml", network.acme(generation, turns))
    how = list(took_s)[generation % 3]
    if how == "arpa reload":
        done = subprocess.run([arpa, "reload", "-c", folder + "/arpad.yaml"], capture_output=True, text=True)
        assert done.returncode == 0, done
        now = network.ask_now(s, generation)
        assert now == generation, "after `arpa reload` of %d returned, %d is served" % (generation, now)
    elif how == "SIGHUP":
        os.kill(pid, signal.SIGHUP)
    while network.ask_now(s, generation) != generation:
        assert time.monotonic() - began < 10, "generation %d is not served (%s)" % (generation, how)
        time.sleep(0.002)
    took_s[how].append(time.monotonic() - began)


before = at_rest()
began = time.monotonic()
rss_before = None
for generation in range(1, count + 1):
    reload(generation)
    if generation == min(WARM_UP, count):
        rss_before = rss_kib()
print("%d reloads in %.1f s" % (count, time.monotonic() - began))
for how, seconds in took_s.items():
    if seconds:
        seconds.sort()
        print(
            "from the change to the answer, %s: median %d ms, longest %d ms"
            % (how, seconds[len(seconds) // 2] * 1000, seconds[-1] * 1000)
        )
rss_after = rss_kib()
print("memory: %d KiB after %d reloads, %d KiB at the end" % (rss_before, min(WARM_UP, count), rss_after))
after = at_rest()
print("descriptors: %d before, %d after" % (len(before), len(after)))
if rss_after <= rss_before * 1.1 + 2048:
    print("memory is the same")
if before == after:
    print("descriptors are the same")
else:
    print("before:", before, "after:", after)
print("served to the end", flush=True)
