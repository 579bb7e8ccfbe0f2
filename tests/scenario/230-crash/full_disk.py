# SPDX-License-Identifier: ISC
"""A disk that is full, and one that cannot be written, for real: a small tmpfs. Run by
`unshare -m`, so nobody else sees it."""

import os
import subprocess

import rig


def mount(w, *options):
    os.makedirs(w.folder + "/disk", exist_ok=True)
    subprocess.run(
        ["mount", "-t", "tmpfs", *options, "tmpfs", w.folder + "/disk"], check=True
    )
    w.state = w.folder + "/disk/state"
    w.operate()


def unmount(w):
    subprocess.run(["umount", w.folder + "/disk"], check=True)


def fill(w, leave=0):
    """Until there is no room but for so many octets."""
    with open(w.folder + "/disk/filler", "ab", buffering=0) as f:
        size = 65536
        while size:
            try:
                f.write(b"x" * size)
            except OSError:
                size //= 2
        f.truncate(max(f.tell() - leave, 0))


def empty(w):
    os.unlink(w.folder + "/disk/filler")


def full(w):
    """A full disk: the edit is not served, and it is said; with room again it is, and is durable."""
    mount(w, "-o", "size=256k,mode=755")
    try:
        w.write()
        w.start()
        w.until_served(w.n)
        failed = 0
        leaves = [0, *range(4096, 17 * 4096, 4096)]
        for leave in leaves:
            served = w.n
            fill(w, leave)
            w.write()
            reload = w.reload()
            if reload["result"] == "failed":
                failed += 1
                wanted = f"the state folder {w.state} cannot be written: No space left on device"
                assert wanted in reload["error"], reload
                w.expect(served)
                w.kill()
                w.wreck()
                w.start()
                served = w.seen({served, w.n})
            else:
                assert reload["result"] == "published", reload
                w.expect(w.n)
                w.kill()
                w.wreck()
                w.start()
                w.expect(w.n)
            w.settle()
            empty(w)
            w.write()
            assert w.reload()["result"] == "published"
            w.expect(w.n)
            w.is_tidy()
        assert failed, "it never was full"
        w.stop()
        fill(w)
        w.start()
        w.expect(w.n)
        w.stop()
        return f"{failed} of {len(leaves)} reloads failed by it"
    finally:
        w.close_process()
        unmount(w)


def read_only(w):
    """A state folder on a disk that can only be read: refused, with what helps."""
    mount(w, "-o", "mode=755")
    try:
        w.write()
        w.start()
        w.until_served(w.n)
        w.stop()
        subprocess.run(["mount", "-o", "remount,ro", w.folder + "/disk"], check=True)
        w.start(wait=False)
        assert w.process.wait(5) == 1
        said = w.said()
        assert f"{w.state}/lock: Read-only file system; name a folder that can be written" in said
        subprocess.run(["mount", "-o", "remount,rw", w.folder + "/disk"], check=True)
        w.start()
        w.until_served(w.n)
        w.stop()
    finally:
        w.close_process()
        unmount(w)


if __name__ == "__main__":
    rig.run(full, read_only)
