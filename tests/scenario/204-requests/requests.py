# SPDX-License-Identifier: ISC
"""requests.py PID ARPA FOLDER PORT FIRST together|stopped - 200 `arpa reload` at once, 100 SIGHUP
and 100 changes of customers/acme.yaml from generation FIRST on; stopped: while arpad is stopped.
Each `arpa reload` must end well, and the last generation must be served after the last of them."""

import os
import signal
import socket
import subprocess
import sys
import time

import network

REQUESTS, SIGNALS, CHANGES = 200, 100, 100

pid, arpa, folder, port = int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
first, is_stopped = int(sys.argv[5]), sys.argv[6] == "stopped"
command = [arpa, "reload", "-c", folder + "/arpad.yaml"]


def request():
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


if is_stopped:
    os.kill(pid, signal.SIGSTOP)
asking = []
for i in range(REQUESTS):
    asking.append(request())
    if i % 2:
        os.kill(pid, signal.SIGHUP)
        generation = first + i // 2
        network.replace(folder + "/customers/acme.yaml", network.acme(generation, {}))
if is_stopped:
    time.sleep(0.1)  # for the last of them to come as far as they can
    os.kill(pid, signal.SIGCONT)
last = request()
bad = []
for process in asking + [last]:
    said, _ = process.communicate(timeout=20)
    if process.returncode != 0:
        bad.append("%d: %s" % (process.returncode, said.strip()))
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(5)
s.connect(("127.0.0.1", port))
now = network.ask_now(s, 1)
assert not bad, "%d of %d without a good answer; one: %s" % (len(bad), REQUESTS, bad[0])
assert now == generation, "%d is served, not %d" % (now, generation)
