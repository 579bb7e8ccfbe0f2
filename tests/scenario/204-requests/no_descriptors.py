# SPDX-License-Identifier: ISC
"""no_descriptors.py PID ARPA FOLDER LOG - while a reload runs and another waits, arpad may open no
more files, and the compiler dies. Both must be told as failed, without anybody asking."""

import os
import resource
import signal
import subprocess
import sys
import time

pid, arpa, folder, log = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]


def compilers():
    found = []
    with open("/proc/%d/task/%d/children" % (pid, pid)) as f:
        children = f.read().split()
    for child in children:
        with open("/proc/%s/cmdline" % child, "rb") as f:
            if b"--compile" in f.read():  # else arpad waits for it to become the compiler
                found.append(int(child))
    return found


def is_stopped(process):
    with open("/proc/%d/stat" % process) as f:
        return f.read().rsplit(")", 1)[1].split()[0] == "T"


def status():
    command = [arpa, "status", "--json", "-c", folder + "/arpad.yaml"]
    return subprocess.run(command, capture_output=True, text=True).stdout


def wait_until(true):
    deadline = time.monotonic() + 5
    while not true():
        if time.monotonic() > deadline:
            raise SystemExit(open(log).read()[-1000:])
        time.sleep(0.01)


def begin_and_stop():
    """A reload whose compiler is stopped before it is done; it takes milliseconds."""
    for _ in range(500):
        os.kill(pid, signal.SIGHUP)
        deadline = time.monotonic() + 0.1
        while time.monotonic() < deadline:
            try:
                for compiler in compilers():
                    os.kill(compiler, signal.SIGSTOP)
                    wait_until(lambda: is_stopped(compiler))
                    if '"running":true' in status():
                        return compiler
            except (FileNotFoundError, ProcessLookupError):
                pass
    raise SystemExit("the compiler is too quick")


compiler = begin_and_stop()
os.kill(pid, signal.SIGHUP)
wait_until(lambda: '"waiting":true' in status())
limits = resource.prlimit(pid, resource.RLIMIT_NOFILE)
resource.prlimit(pid, resource.RLIMIT_NOFILE, (4, limits[1]))  # which poll(2) needs
try:
    os.kill(compiler, signal.SIGKILL)
    wait_until(lambda: "Too many open files" in open(log).read())
finally:
    resource.prlimit(pid, resource.RLIMIT_NOFILE, limits)
