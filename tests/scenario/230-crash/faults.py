# SPDX-License-Identifier: ISC
"""Calls that write into the state folder fail: nothing is served that a restart would lose."""

import errno
import os
import random
import time

import rig

REASONS = {"enospc": errno.ENOSPC, "eio": errno.EIO}


def begin(w):
    w.write()
    w.start(shim=True)
    w.until_served(w.n)
    w.faults("none")
    w.write()
    w.reload()
    return w.counted()


def is_failure_told(w, reload, kind):
    wanted = f"the state folder {w.state} cannot be written: {os.strerror(REASONS[kind])}"
    assert reload["result"] == "failed", reload
    assert wanted in reload["error"], reload
    assert "what changed is not served, for a restart would lose it" in reload["error"], reload
    assert wanted in w.said(), w.said()


def start_without_sources(w, allowed):
    w.faults("none")
    w.kill()
    w.wreck()
    w.start(shim=True)
    got = w.seen(allowed)
    w.settle()
    w.expect(got)
    w.write(w.n)
    w.reload()


def fails(w, kind):
    """Each call in turn fails, by `kind`. Returns a figure."""
    calls = begin(w)
    served, failed, hit = w.n, 0, 0
    for k in rig.every(rig.rounds(8, 1000), calls):
        w.write()
        w.faults(f"{kind} {k}")
        reload = w.reload()
        assert w.counted() >= k, f"call {k} of {calls} never came"
        hit += 1
        dies = random.random() < 0.5
        if reload["result"] == "failed":
            failed += 1
            is_failure_told(w, reload, kind)
            w.expect(served)
            if dies:
                start_without_sources(w, {served, w.n})
        else:
            assert reload["result"] == "published", reload
            w.expect(w.n)
            if dies:
                start_without_sources(w, {w.n})
        w.faults("none")
        reload = w.reload()
        assert reload["result"] in ("published", "unchanged"), reload
        served = w.n
        w.expect(served)
        w.is_tidy()
    return f"{hit} of {calls} calls, {failed} reloads failed by them"


def no_space(w):
    """No space at each call of a reload: not served, and said so; or served and durable."""
    return fails(w, "enospc")


def disk_errors(w):
    """The same of a disk with errors."""
    return fails(w, "eio")


def unnoticed(w, kind):
    calls = begin(w)
    hit = 0
    for k in rig.every(rig.rounds(6, 1000), calls):
        before = len(w.said())
        w.write()
        w.faults(f"{kind} {k}")
        reload = w.reload()
        assert w.counted() >= k, f"call {k} of {calls} never came"
        assert reload["result"] == "published", (k, reload)
        said = w.said(before)
        assert "error" not in said and "warning" not in said, said
        hit += 1
        w.expect(w.n)
        w.faults("none")
        w.is_tidy()
        if k % 10 == 1:
            start_without_sources(w, {w.n})
    return f"{hit} of {calls} calls"


def short_writes(w):
    """Half of what is to be written, at each call and at every one: nobody notices."""
    figure = unnoticed(w, "short")
    w.faults("short 0")
    w.write()
    assert w.reload()["result"] == "published"
    w.is_tidy()
    start_without_sources(w, {w.n})
    return figure


def interrupted(w):
    """A signal that comes in between, at each call: nobody notices."""
    figure = unnoticed(w, "eintr")
    served = w.n
    w.faults("eintr 0")
    w.write()
    connection = w.command("reload")
    end = time.monotonic() + 0.3
    while time.monotonic() < end:
        w.expect(served)
    w.faults("none")
    assert w.answer(connection)["reload"]["result"] == "published"
    w.expect(w.n)
    return figure


def for_a_while(w):
    """Everything fails for a while: served as before; then as it should be."""
    begin(w)
    for kind in ("enospc", "eio"):
        served = w.n
        for dies in (False, True):
            w.faults(f"{kind} 0")
            for _ in range(3):
                w.write()
                is_failure_told(w, w.reload(), kind)
                w.expect(served)
            if dies:
                start_without_sources(w, {served})
            w.faults("none")
            w.write()
            assert w.reload()["result"] == "published"
            served = w.n
            w.expect(served)
            w.is_tidy()


def from_a_call_on(w):
    """All fails from a call on, and arpad dies then: one of the two generations."""
    calls = begin(w)
    hit = 0
    for k in rig.every(rig.rounds(5, 1000), calls):
        served = w.n
        w.write()
        w.faults(f"enospc {k}")
        reload = w.command("reload")
        rig.until(lambda: w.counted() >= k, f"call {k}")
        w.faults("enospc 0")
        reload = w.answer(reload)["reload"]
        w.status()
        hit += 1
        got = w.seen({served, w.n})
        assert (reload["result"] == "published") == (got == w.n), reload
        start_without_sources(w, {w.n} if got == w.n else {served, w.n})
        w.reload()
        w.expect(w.n)
        w.is_tidy()
    return f"{hit} of {calls} calls"


def tried_again(w):
    """What failed is tried again by itself."""
    begin(w)
    w.faults("enospc 0")
    w.write()
    is_failure_told(w, w.reload(), "enospc")
    w.faults("none")
    began = time.monotonic()
    w.until_served(w.n)
    return f"after {time.monotonic() - began:.1f} s"


def cannot_begin(w):
    """A start at whose each call there is no space: it ends and says what helps, or it serves."""
    begin(w)
    w.stop()
    w.faults("none")
    w.start(shim=True)
    w.settle()
    calls = w.counted()
    w.stop()
    refused = 0
    for k in [*range(1, calls + 1), 0]:
        w.faults(f"enospc {k}")
        w.start(shim=True, wait=False)
        rig.until(
            lambda: w.process.poll() is not None or "arpad: ready" in w.said(), "it is decided"
        )
        if w.process.poll() is None:
            w.expect(w.n)
            w.stop()
            continue
        refused += 1
        assert w.process.returncode == 1, w.process.returncode
        assert f"{w.state}" in w.said() and "No space left on device" in w.said(), w.said()
        assert "make room on the disk" in w.said(), w.said()
    return f"{calls} calls and all of them, {refused} starts refused"


if __name__ == "__main__":
    parts = [no_space, disk_errors, short_writes, interrupted, for_a_while, from_a_call_on]
    rig.run(*parts, cannot_begin, *([tried_again] if rig.rounds(0, 1) else []))
