# SPDX-License-Identifier: ISC
"""kill -9 of arpad: the next start serves one of the two generations in flight."""

import fcntl
import random
import subprocess
import time

import rig


def begin(w, shim=False):
    w.write()
    w.start(shim)
    w.until_served(w.n)
    return w.n


def start_again(w, served, is_wrecked, shim=False):
    """What was served last, or what the sources say; and stays what the sources say."""
    if is_wrecked:
        w.wreck()
    w.start(shim)
    got = w.seen({served, w.n})
    if is_wrecked:
        w.settle()
        w.expect(got)
    return got


def at_random_moments(w):
    """kill -9 at random moments of a reload: one of the two generations, no serial back."""
    served = begin(w)
    took = []
    for _ in range(5):
        began = time.monotonic()
        w.write()
        w.reload()
        took.append(time.monotonic() - began)
    served, longest = w.seen({w.n}), max(took)
    count = rig.rounds(16, 300)
    olds = news = 0
    for i in range(count):
        if i % 4 != 3:  # each fourth is killed in what the start before it has to do
            w.settle()
            served = w.seen({served, w.n})
            w.write()
            reload = w.command("reload")
        else:
            reload = None
        end = time.monotonic() + random.uniform(0, longest)
        while time.monotonic() < end:
            served = w.seen({served, w.n})
        w.kill()
        if reload:
            reload.close()
        is_wrecked = i % 4 != 2 and random.random() < 0.5
        before, served = served, start_again(w, served, is_wrecked)
        news += served == w.n
        olds += served == before != w.n
    w.write()
    w.reload()
    w.expect(w.n)
    w.is_tidy()
    return (
        f"{count} kills in reloads of {longest * 1000:.0f} ms, then {olds} times the older and "
        f"{news} times the younger; from start to the first answer {rig.times(w.first_answers)}"
    )


def watch_it_die(w, served, what, seconds=5):
    """Ask until the very end; the number that was answered last."""
    end = time.monotonic() + seconds
    while w.process.poll() is None:
        assert time.monotonic() < end, f"{what} never came"
        try:
            number = w.look_at(0, 0.05)
            assert number in (served, w.n), f"number {number} is served"
            served = number
        except rig.Gone:
            pass
    return served


def count_calls(w):
    """How many calls of a reload can fail."""
    w.faults("none")
    w.write()
    assert w.reload()["result"] == "published"
    w.expect(w.n)
    return w.counted()


def at_each_call(w):
    """kill -9 before and after each call of a reload that changes the disk."""
    served = begin(w, shim=True)
    calls = count_calls(w)
    served = w.n
    hit = 0
    for kind in ("kill", "kill-after"):
        for k in rig.every(rig.rounds(7, 1000), calls):
            w.write()
            w.faults(f"{kind} {k}")
            reload = w.command("reload")
            served = watch_it_die(w, served, f"{kind} {k} of {calls}")
            reload.close()
            w.faults("none")
            hit += 1
            served = start_again(w, served, random.random() < 0.7, shim=True)
            w.write()
            w.settle()
            w.reload()
            served = w.n
            w.expect(served)
            w.is_tidy()
    return f"{hit} of {2 * calls} points"


def at_each_call_of_a_start(w):
    """kill -9 before and after each such call of a start."""
    served = begin(w, shim=True)
    w.kill()
    w.write()
    w.faults("none")
    w.start(shim=True)
    w.until_served(w.n)
    calls, served = w.counted(), w.n
    hit = 0
    for kind in ("kill", "kill-after"):
        for k in rig.every(rig.rounds(4, 1000), calls):
            w.kill()
            w.write()
            w.faults(f"{kind} {k}")
            w.start(shim=True, wait=False)
            served = watch_it_die(w, served, f"{kind} {k} of {calls}")
            w.faults("none")
            hit += 1
            served = start_again(w, served, random.random() < 0.5, shim=True)
            w.write()
            w.settle()
            w.reload()
            served = w.n
            w.expect(served)
            w.is_tidy()
    return f"{hit} of {2 * calls} points"


def first_start(w):
    """kill -9 at each such call of the very first start: the next one makes all anew."""
    w.write()
    w.start(shim=True)
    w.until_served(w.n)
    calls = w.counted()
    w.stop()
    hit = 0
    for kind in ("kill", "kill-after"):
        for k in rig.every(rig.rounds(4, 1000), calls):
            subprocess.run(["rm", "-r", w.state], check=True)
            w.highest = [0] * len(rig.ZONES)
            w.contents = [{} for _ in rig.ZONES]
            w.write()
            w.faults(f"{kind} {k}")
            w.start(shim=True, wait=False)
            w.process.wait(5)
            w.faults("none")
            w.start(shim=True)
            w.until_served(w.n)
            w.is_tidy()
            w.kill()
            hit += 1
    return f"{hit} of {2 * calls} points"


def lock_left_behind(w):
    """A lock that a killed arpad's child still has is waited for; that of a living process is not."""
    w.write()
    w.start()
    w.until_served(w.n)
    with open(w.state + "/lock") as f:
        assert f.read() == f"{w.process.pid}\n"
    w.kill()
    with open(w.state + "/lock") as f:
        fcntl.flock(f, fcntl.LOCK_EX)
        w.start(wait=False)
        time.sleep(0.3)
        assert w.process.poll() is None, w.said()
        fcntl.flock(f, fcntl.LOCK_UN)
        rig.until(lambda: "arpad: ready" in w.said(), "it serves")
    w.expect(w.n)
    second = rig.World("second", state=w.state)
    second.write()
    began = time.monotonic()
    second.start(wait=False)
    assert second.process.wait(5) == 1
    assert time.monotonic() - began < 1
    assert f"in use by process {w.process.pid}; stop that one first" in second.said()
    second.close()


if __name__ == "__main__":
    rig.run(
        at_random_moments, at_each_call, at_each_call_of_a_start, first_start, lock_left_behind
    )
