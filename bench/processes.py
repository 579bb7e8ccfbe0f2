# SPDX-License-Identifier: ISC
"""What /proc says of a server: the process that was started and those that it started."""

import os
import signal
import subprocess

TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def start(command, core, log):
    """The command on one core, in the foreground."""
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                            preexec_fn=lambda: os.sched_setaffinity(0, {core}))


def read(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as f:
            return f.read()
    except OSError:  # it has ended
        return ""


def stat_of(pid):
    """The fields behind the program's name, which may hold anything."""
    return read(f"/proc/{pid}/stat").rpartition(")")[2].split()


def tree(pid):
    """Its process id and those of all below it."""
    parents = {int(p): int((stat_of(p) or "0 0".split())[1])
               for p in os.listdir("/proc") if p.isdigit()}
    all_of_it = [pid]
    for p in all_of_it:  # grows meanwhile
        all_of_it += [child for child, parent in parents.items() if parent == p]
    return all_of_it


def sum_kb(pids, file, field):
    """The sum of a field such as VmRSS of /proc/PID/FILE."""
    total = 0
    for pid in pids:
        for line in read(f"/proc/{pid}/{file}").splitlines():
            if line.startswith(field + ":"):
                total += int(line.split()[1])
    return total


def cpu_s(pids):
    """Seconds spent by all threads of those processes: in the program, in the system."""
    user = system = 0
    for pid in pids:
        fields = stat_of(pid)
        if fields:
            user += int(fields[11])
            system += int(fields[12])
    return user * TICK_S, system * TICK_S


def available_kb():
    return next(int(line.split()[1]) for line in read("/proc/meminfo").splitlines()
                if line.startswith("MemAvailable:"))


def end(process):
    """Terminate it; what does not end within a minute is killed, and what it started."""
    pids = tree(process.pid)
    process.terminate()
    try:
        process.wait(timeout=60)
    except subprocess.TimeoutExpired:
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        process.wait()
