# SPDX-License-Identifier: ISC
"""The compiler is killed, hangs, or wants too much memory: a reload has failed, and that is all."""

import os
import random
import signal
import time

import rig


def children(pid):
    """Zombies, too."""
    found = []
    for thread in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{thread}/children") as f:
                found += [int(p) for p in f.read().split()]
        except OSError:
            pass
    return found


def descriptors(pid):
    """What is open; one that is closed while they are listed is open no more."""
    found = []
    for fd in os.listdir(f"/proc/{pid}/fd"):
        try:
            found.append(os.path.realpath(f"/proc/{pid}/fd/{fd}").split(":")[0])
        except FileNotFoundError:
            pass
    return sorted(found)


def descriptors_at_rest(pid):
    """Those of connections that have just ended are closed in a moment."""
    before = None
    while before != (before := descriptors(pid)):
        time.sleep(0.05)
    return before


def catch(w, seconds=2):
    """The compiler, once it runs; None: there was none, or it was too quick."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for pid in children(w.process.pid):
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as f:
                    if b"--compile" in f.read():
                        return pid
            except OSError:
                pass
    return None


def is_clean(w, open_before):
    assert children(w.process.pid) == [], "a child is left"
    rig.until(lambda: descriptors(w.process.pid) == open_before, "descriptors are as before", 2)


def killed_at_random_moments(w):
    """The compiler is killed: the reload fails and says so, the last generation stays served."""
    w.write()
    w.start()
    w.until_served(w.n)
    took = []
    for _ in range(5):
        w.write()
        took.append(w.reload()["took_ms"])
    served, longest = w.n, sorted(took)[2] / 1000
    open_before = descriptors_at_rest(w.process.pid)
    count, failed, tried = rig.rounds(15, 300), 0, 0
    while tried < count or (failed < count / 5 and tried < 10 * count):
        tried += 1
        w.write()
        connection = w.command("reload")
        pid = catch(w)
        time.sleep(random.uniform(0, longest))
        try:
            # it is a child of a process that waits for it no sooner than its socket is closed
            if pid in children(w.process.pid):
                os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        reload = w.answer(connection)["reload"]
        w.status()
        if reload["result"] == "failed":
            failed += 1
            assert "the compiler was ended by signal 9 (Killed)" in reload["error"], reload
            assert f"generation {w.status()['generation']} goes on being served" in w.said()
            w.expect(served)
            is_clean(w, open_before)
            if random.random() < 0.5:
                continue  # several in a row
            reload = w.reload()
        assert reload["result"] == "published", reload
        served = w.n
        w.expect(served)
        w.is_tidy()
        is_clean(w, open_before)
    w.write()
    assert w.reload()["result"] == "published"
    w.expect(w.n)
    w.is_tidy()
    is_clean(w, open_before)
    assert failed >= count / 5, f"only {failed} of {tried} came in time"
    return f"{tried} kills, {failed} reloads failed by them"


def killed_in_the_first_reload(w):
    """Killed in the first reload of a start, when nothing is served yet: arpad ends and says why."""
    count, failed = rig.rounds(5, 50), 0
    for _ in range(count):
        w.write()
        w.start(wait=False)
        pid = catch(w)
        time.sleep(random.uniform(0, 0.006))
        try:
            if pid and pid in children(w.process.pid):
                os.kill(pid, signal.SIGKILL)
        except (ProcessLookupError, FileNotFoundError):
            pass
        rig.until(
            lambda: w.process.poll() is not None or "arpad: ready" in w.said(), "it is decided"
        )
        if w.process.poll() is None:
            w.until_served(w.n)
            w.stop()
        else:
            failed += 1
            assert w.process.returncode == 1, w.process.returncode
            assert "the compiler was ended by signal 9 (Killed)" in w.said(), w.said()
        if os.path.exists(w.state + "/manifest"):
            os.system(f"rm -r '{w.state}'")
            w.highest = [0] * len(rig.ZONES)
            w.contents = [{} for _ in rig.ZONES]
    return f"{failed} of {count} starts failed"


def killed_behind_the_state(w):
    """Killed in the first reload of a start that serves from state: it goes on serving."""
    w.write()
    w.start()
    w.until_served(w.n)
    failed = 0
    for _ in range(rig.rounds(5, 50)):
        w.stop()
        served = w.n
        w.write()
        w.start(wait=False)
        pid = catch(w)
        rig.until(lambda: "arpad: ready" in w.said(), "it serves")
        time.sleep(random.uniform(0, 0.004))
        try:
            if pid in children(w.process.pid):
                os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        w.settle()
        if "ended by signal 9" in w.said():
            failed += 1
            w.expect(served)
        w.reload()
        w.expect(w.n)
    return f"{failed} failed"


def hangs(w):
    """A compiler that hangs is ended after `reload: {time: 2s}`, and it is said."""
    w.operate("{time: 2s}")
    w.write()
    w.start()
    w.until_served(w.n)
    open_before = descriptors_at_rest(w.process.pid)
    served = w.n
    w.write()
    while True:
        connection = w.command("reload")
        pid = catch(w)
        began = time.monotonic()
        try:
            if pid:
                os.kill(pid, signal.SIGSTOP)
            if pid and children(w.process.pid) == [pid]:
                break
        except ProcessLookupError:
            pass
        w.answer(connection)
        served = w.n
        w.write()
    time.sleep(0.3)
    w.expect(served)
    assert w.status()["reload"]["running"]
    reload = w.answer(connection)["reload"]
    took = time.monotonic() - began
    assert reload["result"] == "failed", reload
    assert "the compiler took longer than 2 s; it may have more with `reload: {time: TIME}`" in (
        reload["error"]
    ), reload
    assert 1.5 < took < 4, took
    w.expect(served)
    is_clean(w, open_before)
    assert w.reload()["result"] == "published"
    w.expect(w.n)
    return f"ended after {took:.2f} s"


def wants_memory(w):
    """One that wants more than `reload: {memory: 64}` is refused it, and it is said."""
    w.operate("{memory: 64}")
    w.write()
    w.start()
    w.until_served(w.n)
    open_before = descriptors_at_rest(w.process.pid)
    served = w.n
    w.write()
    small = w.text("acme", w.n)
    said = set()
    # from what just does not fit to what is far too much: it runs out in many places
    for hosts in rig.every(rig.rounds(4, 20), 60000)[1:]:
        with open(w.source("acme"), "w") as f:
            f.write(small)
            for k in range(hosts):
                name = f"host-{k}.{'x' * 60}.{'y' * 60}.acme.example"
                f.write(f"  10.1.{8 + k // 256}.{k % 256}: {{name: {name}, ttl: 5m}}\n")
        reload = w.reload()
        if reload["result"] == "published":
            served = w.seen({served, w.n})
            continue
        assert reload["result"] == "failed", reload
        said.add(reload["error"])
        assert "it may have more with `reload: {memory: MIB}`" in reload["error"], reload
        w.expect(served)
        is_clean(w, open_before)
    assert said, "all of it fitted"
    w.write()
    assert w.reload()["result"] == "published"
    w.expect(w.n)
    return f"said: {said}"


if __name__ == "__main__":
    rig.run(
        killed_at_random_moments,
        killed_in_the_first_reload,
        killed_behind_the_state,
        hangs,
        wants_memory,
    )
