# SPDX-License-Identifier: ISC
"""The state folder is damaged while arpad does not run: it says what, and makes it anew."""

import os
import random
import shutil
import time

import rig

COPIES = ("manifest", "manifest.copy")


def read(path):
    with open(path, "rb") as f:
        return f.read()


def put(path, octets):
    with open(path, "wb") as f:
        f.write(octets)


def remove(path):
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    elif os.path.lexists(path):
        os.unlink(path)


def flip(octets, at, bit=None):
    bit = random.randrange(8) if bit is None else bit
    return octets[:at] + bytes([octets[at] ^ 1 << bit]) + octets[at + 1 :]


def begin(w):
    """A state folder that is whole, kept as `good`."""
    w.write()
    w.start()
    w.until_served(w.n)
    w.write()
    w.reload()
    w.expect(w.n)
    w.is_tidy()
    w.stop()
    keep(w)


def keep(w):
    remove(w.folder + "/good")
    shutil.copytree(w.state, w.folder + "/good")


def restore(w):
    remove(w.state)
    shutil.copytree(w.folder + "/good", w.state)


def one_copy(w):
    """A copy of the manifest with any octet changed, or cut anywhere: the other one serves."""
    begin(w)
    size = len(read(w.state + "/manifest"))
    count = rig.rounds(4, size)
    damages = [("flip", at - 1) for at in rig.every(count, size)]
    damages += [("cut", at - 1) for at in rig.every(count, size)]
    damages += [("longer", 0), ("missing", 0), ("link", 0), ("folder", 0)]
    hit = 0
    w.wreck()
    for copy, other in (COPIES, COPIES[::-1]):
        for kind, at in damages:
            path = f"{w.state}/{copy}"
            remove(path)
            whole = read(f"{w.state}/{other}")
            if kind == "flip":
                put(path, flip(whole, at))
            elif kind == "cut":
                put(path, whole[:at])
            elif kind == "longer":
                put(path, whole + b"\n")
            elif kind == "link":
                os.symlink(other, path)
            elif kind == "folder":
                os.mkdir(path)
            w.start()
            w.expect(w.n)
            matter = "missing" if kind == "missing" else "damaged"
            assert f"{path}: {matter}; {other} is used instead" in w.said(), (kind, w.said())
            rig.until(lambda: "from the state folder" in w.said(), "it is said to be served")
            w.settle()
            w.expect(w.n)
            w.is_tidy()
            w.kill()
            hit += 1
    return f"{hit} damages; from start to the first answer {rig.times(w.first_answers)}"


def both_copies(w):
    """Both copies damaged: it is said, and all comes from the sources."""
    begin(w)
    kinds = ("flip", "cut", "missing and cut", "missing")
    for kind in random.sample(kinds, rig.rounds(1, 4)):
        # serials are not known any more: they begin at the time, which must have gone on
        time.sleep(max(0, max(w.highest) + 1.01 - time.time()))
        for copy in COPIES:
            octets = read(w.state + "/" + copy)
            if kind == "flip":
                put(w.state + "/" + copy, flip(octets, random.randrange(len(octets))))
            elif kind == "cut" or (copy == "manifest" and kind != "missing"):
                put(w.state + "/" + copy, octets[: random.randrange(len(octets))])
            else:
                remove(w.state + "/" + copy)
        w.write()
        w.start()
        w.expect(w.n)
        if kind != "missing":
            assert f"{w.state}: no manifest can be used" in w.said(), w.said()
            assert "damaged" in w.said(), w.said()
        assert "read in" in w.said(), w.said()
        w.settle()
        w.write()
        w.reload()
        w.expect(w.n)
        w.is_tidy()
        w.stop()
        w.start()
        w.expect(w.n)
        w.settle()
        w.stop()


DAMAGES = ("missing", "cut", "flip", "other", "empty", "folder", "link", "loop", "version", "pipe")


def damage(path, kind, other):
    """Put something else in the place of a file."""
    octets = read(path)
    remove(path)
    if kind == "cut":
        put(path, octets[: random.randrange(1, len(octets))])
    elif kind == "flip":
        put(path, flip(octets, random.randrange(len(octets))))
    elif kind == "other":
        shutil.copy(other, path)
    elif kind == "empty":
        put(path, b"")
    elif kind == "folder":
        os.mkdir(path)
    elif kind == "link":
        put(path + "-elsewhere", octets)
        os.symlink(path + "-elsewhere", path)
    elif kind == "loop":
        os.symlink(path, path)
    elif kind == "version":
        put(path, octets[:8] + bytes([octets[8] + 1]) + octets[9:])
    elif kind == "pipe":
        os.mkfifo(path)


def named(w, word, name):
    """The file in the state folder that the manifest names for a zone or a customer."""
    for line in w.manifest().splitlines():
        words = line.split()
        if words[:2] == [word, name]:
            kind, at = ("images", 4) if word == "zone" else ("fragments", 6)
            return f"{w.state}/{kind}/{words[at]}"
    raise AssertionError(f"no {word} {name}")


def images(w):
    """An image that is not what it was: said, made again, and all zones are right."""
    begin(w)
    hit = 0
    for kind in DAMAGES:
        for zone, name in enumerate(rig.ZONES):
            if rig.rounds(0, 1) == 0 and random.randrange(4):
                continue
            edits = ("as they are", "changed", "wrecked", "arpad.yaml changed")
            for sources in random.sample(edits, rig.rounds(2, 4)):
                other = named(w, "zone", rig.ZONES[zone - 1] + ".")
                damage(named(w, "zone", name + "."), kind, other)
                served = w.n
                if sources == "changed":
                    w.write()
                elif sources == "wrecked":
                    w.wreck()
                elif sources == "arpad.yaml changed":
                    w.operate(more=f"# {hit}\n")
                w.start()
                w.expect(w.n)
                matter = "missing" if kind == "missing" else "damaged or of another version"
                assert f"{w.state}: the image of zone {name}. is {matter}" in w.said(), w.said()
                assert "it is made again before anything is served" in w.said(), w.said()
                w.settle()
                w.write(w.n if sources == "wrecked" else None)
                w.reload()
                w.expect(w.n)
                w.is_tidy()
                w.stop()
                hit += 1
    return f"{hit} damages"


def fragment_and_edit(w):
    """A fragment that is not what it was: what is edited is served, and the fragment is made again."""
    begin(w)
    hit = 0
    for kind in DAMAGES:
        edits = ("its file", "another's file", "arpad.yaml", "both files")
        for edit in random.sample(edits, rig.rounds(1, 4)):
            is_running = random.random() < 0.5
            if is_running:
                w.start()
                w.settle()
            other = named(w, "customer", "best")
            path = named(w, "customer", "acme")
            damage(path, kind, other)
            if not is_running:
                w.start()
                w.settle()
                w.expect(w.n)
            w.n += 1
            for c in rig.CUSTOMERS:
                if edit == "both files" or edit == ("its file" if c == "acme" else "another's file"):
                    with open(w.source(c), "w") as f:
                        f.write(w.text(c, w.n))
            if edit == "arpad.yaml":
                w.n -= 1
                w.operate(more=f"# {hit}\n")
            reload = w.reload()
            assert reload["result"] in ("published", "unchanged"), (kind, edit, reload)
            numbers = w.look()
            old = w.n if edit in ("arpad.yaml", "both files") else w.n - 1
            assert numbers == (
                [old] * 2 + [w.n] * 2 if edit == "another's file" else [w.n] * 2 + [old] * 2
            ), (kind, edit, numbers)
            w.write(w.n)
            reload = w.reload()
            w.expect(w.n)
            w.write()
            w.reload()
            w.expect(w.n)
            w.is_tidy()
            w.stop()
            hit += 1
    return f"{hit} damages"


def fragment_and_mistake(w):
    """A fragment lost while its source is broken: the last generation stays, mending mends."""
    begin(w)
    hit = 0
    for kind in random.sample(DAMAGES, rig.rounds(5, len(DAMAGES))):
        served = w.n
        w.start()
        w.settle()
        damage(named(w, "customer", "acme"), kind, named(w, "customer", "best"))
        w.write()
        w.wreck(["acme"])
        for _ in range(2):
            reload = w.reload()
            assert reload["result"] == "refused", reload
            told = [d for d in reload["diagnostics"] if d["rule"] == "state"]
            assert len(told) == 1, reload
            assert told[0]["file"] == w.source("acme"), told
            assert "what customer acme published last is lost or damaged" in told[0]["text"], told
            w.expect(served)
        w.write(w.n)
        reload = w.reload()
        assert reload["result"] == "published", reload
        w.expect(w.n)
        w.is_tidy()
        w.stop()
        hit += 1
    return f"{hit} damages"


def fragment_and_image(w):
    """A fragment and an image lost: both come from the source."""
    begin(w)
    hit = 0
    for kind in DAMAGES:
        for zone in random.sample((0, 1, 2), rig.rounds(1, 3)):
            damage(named(w, "customer", "acme"), kind, named(w, "customer", "best"))
            remove(named(w, "zone", rig.ZONES[zone] + "."))
            w.start()
            w.expect(w.n)
            w.settle()
            w.write()
            w.reload()
            w.expect(w.n)
            w.is_tidy()
            w.stop()
            hit += 1
    # the source broken as well: nothing can be served, and what to mend is said
    damage(named(w, "customer", "acme"), "flip", None)
    remove(named(w, "zone", "acme.example."))
    w.wreck(["acme"])
    w.start(wait=False)
    assert w.process.wait(5) == 1
    assert "what customer acme published last is lost or damaged in the state folder" in w.said()
    w.write()
    w.start()
    w.expect(w.n)
    w.settle()
    w.is_tidy()
    return f"{hit} damages"


def foreign(w):
    """What arpad did not make: files where it keeps its own go, others stay, folders stay."""
    begin(w)
    there = {"notes": True, "notes.d": True, ".new-7": False}
    there.update({"fragments/notes": False, "images/core": False, "images/sub": True})
    for name in there:
        if name.endswith((".d", "sub")):
            os.mkdir(f"{w.state}/{name}")
        else:
            put(f"{w.state}/{name}", b"foreign")
    w.start()
    w.expect(w.n)
    w.settle()
    w.write()
    w.reload()
    w.expect(w.n)
    for name, stays in there.items():
        assert os.path.exists(f"{w.state}/{name}") == stays, name


def writable_by_others(w):
    """A state folder that others may write is refused, with what helps."""
    begin(w)
    for name in ("", "/fragments", "/images"):
        for mode in (0o770, 0o707, 0o777, 0o500):
            os.chmod(w.state + name, mode)
            w.start(wait=False)
            assert w.process.wait(5) == 1
            assert f"{w.state}{name}: " in w.said() and "`chmod 700` it" in w.said(), w.said()
            os.chmod(w.state + name, 0o700)
    if os.geteuid() == 0:
        os.chown(w.state, 65534, -1)
        w.start(wait=False)
        assert w.process.wait(5) == 1
        assert f"{w.state}: belongs to user 65534, and arpad runs as 0; `chown` it" in w.said()
        os.chown(w.state, 0, -1)
    w.start()
    w.expect(w.n)


def removed_while_it_runs(w):
    """The state folder removed under a running arpad: served as before; edits are not, and it is said."""
    folders = ("", "/fragments", "/images", "/*", "/*/*")
    for what in random.sample(folders, rig.rounds(2, 5)):
        w.write()
        w.start()
        w.until_served(w.n)
        served = w.n
        assert os.system(f"rm -rf '{w.state}'{what}") == 0
        w.write()
        reload = w.reload()
        if what in ("/*/*", "/images"):
            assert reload["result"] == "published", (what, reload)
            served = w.n
        else:
            assert reload["result"] == "failed", (what, reload)
            assert f"the state folder {w.state} cannot be written: No such file" in reload["error"]
        w.expect(served)
        w.write()
        w.reload()
        w.seen({served, w.n})
        w.stop()
        # nothing is known any more but the time
        time.sleep(max(0, max(w.highest) + 1.01 - time.time()))
        w.start()
        w.until_served(w.n)
        w.write()
        assert w.reload()["result"] == "published"
        w.expect(w.n)
        w.is_tidy()
        w.stop()


if __name__ == "__main__":
    rig.run(
        one_copy,
        both_copies,
        images,
        fragment_and_edit,
        fragment_and_mistake,
        fragment_and_image,
        foreign,
        writable_by_others,
        removed_while_it_runs,
    )
