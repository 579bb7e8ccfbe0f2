# SPDX-License-Identifier: ISC
"""victim.py save|every|threads|switch - calls that write, in the working folder, and what came of
each; runs under tests/shim/fault.c, whose folder is `under`, and control file `control`."""
import errno
import os
import socket
import sys
import threading


def attempt(name, call):
    """What the call returned, or None; said in one word and a number."""
    try:
        result = call()
    except OSError as e:
        print(f"{name}:{errno.errorcode[e.errno]}", end=" ")
        return None
    counts = name.startswith(("write", "pwrite")) and result is not None
    print(f"{name}:{result}" if counts else name, end=" ")
    return result


def save(folder="under"):
    """Ten octets in a new file, as a careful program does it; seven calls, numbered from 1."""
    fd = attempt("open", lambda: os.open(f"{folder}/t", os.O_WRONLY | os.O_CREAT | os.O_TRUNC))
    if fd is not None:
        attempt("write", lambda: os.write(fd, b"0123456789"))
        attempt("fsync", lambda: os.fsync(fd))
        os.close(fd)
    attempt("rename", lambda: os.rename(f"{folder}/t", f"{folder}/f"))
    above = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    attempt("fsync", lambda: os.fsync(above))
    os.close(above)
    attempt("mkdir", lambda: os.mkdir(f"{folder}/d"))
    attempt("unlink", lambda: os.unlink(f"{folder}/f"))


def every(folder):
    """Each call, on what is there: the files e and g, open, and the folder."""
    above = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    fd = os.open(f"{folder}/e", os.O_WRONLY)
    new = os.O_WRONLY | os.O_CREAT
    attempt("write", lambda: os.write(fd, b"0123456789"))
    attempt("writev", lambda: os.writev(fd, [b"012", b"", b"3456", b"789"]))
    attempt("pwrite", lambda: os.pwrite(fd, b"0123456789", 3))
    attempt("fsync", lambda: os.fsync(fd))
    attempt("fdatasync", lambda: os.fdatasync(fd))
    attempt("ftruncate", lambda: os.ftruncate(fd, 3))
    attempt("open", lambda: os.open(f"{folder}/o", new))
    attempt("openat", lambda: os.open("p", new, dir_fd=above))
    attempt("link", lambda: os.link(f"{folder}/e", f"{folder}/l"))
    attempt("linkat", lambda: os.link("e", "m", src_dir_fd=above, dst_dir_fd=above))
    attempt("rename", lambda: os.rename(f"{folder}/g", f"{folder}/h"))
    attempt("renameat", lambda: os.rename("h", "g", src_dir_fd=above, dst_dir_fd=above))
    attempt("unlink", lambda: os.unlink(f"{folder}/g"))
    attempt("unlinkat", lambda: os.unlink("e", dir_fd=above))
    attempt("mkdir", lambda: os.mkdir(f"{folder}/d"))
    attempt("mkdirat", lambda: os.mkdir("c", dir_fd=above))


def elsewhere():
    """Pipes, sockets, memory and reading: none of the shim's business."""
    pipe, pair, memory = os.pipe()[1], socket.socketpair(), os.memfd_create("x")
    attempt("write-pipe", lambda: os.write(pipe, b"0123456789"))
    attempt("write-socket", lambda: os.write(pair[0].fileno(), b"0123456789"))
    attempt("write-memory", lambda: os.write(memory, b"0123456789"))
    attempt("open", lambda: os.open("under/e", os.O_RDONLY))


def threads():
    """Four of them, 50 writes each, of one octet."""
    def work(number):
        fd = os.open(f"under/{number}", os.O_WRONLY | os.O_CREAT)
        for _ in range(50):
            os.write(fd, b"x")
    workers = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for w in workers:
        w.start()
    for w in workers:
        w.join()


def switch():
    """Faults that come and go while the program runs."""
    for control in ["none", "eio 4", "none"]:
        with open("control", "w", encoding="ascii") as f:
            f.write(control + "\n")
        save()
        os.rmdir("under/d")
        print(end="/ ")


if __name__ == "__main__":
    {"save": save, "every": lambda: every("under"), "outside": lambda: every("outside"),
     "elsewhere": elsewhere, "threads": threads, "switch": switch}[sys.argv[1]]()
    print(flush=True)
