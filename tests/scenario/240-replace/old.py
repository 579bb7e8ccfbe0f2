# SPDX-License-Identifier: ISC
"""Plays the arpad that is to be replaced: old.py CONTROL LOCK HOW

    silent    takes the connection and says nothing
    gone      hands over, and ends without a word
    late      hands over, and goes on at once

Says on standard output what it does."""

import array
import fcntl
import os
import socket
import struct
import sys

HANDOVER, LISTENER, LOCK, ALL, LATE = 11, 13, 14, 15, 18
control, lock_path, how = sys.argv[1:]
lock = os.open(lock_path, os.O_RDWR | os.O_CREAT, 0o600)
fcntl.flock(lock, fcntl.LOCK_EX)
listener = socket.socket(socket.AF_UNIX)
listener.bind(control)
listener.listen()
print("listens", flush=True)
client, _ = listener.accept()
assert client.recv(100) == b"replace\n"
print("asked", flush=True)
if how == "silent":
    client.recv(100)
    sys.exit()


def send(to, octets, fd=None):
    rights = [] if fd is None else [fd]
    to.sendmsg([octets], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [r]))
                          for r in rights])


line, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
send(client, b"\n", other.fileno())
other.close()
send(line, struct.pack("=III", HANDOVER, 2, 1))
send(line, struct.pack("=I", LISTENER), listener.fileno())
send(line, struct.pack("=I", LOCK), lock)
line.shutdown(socket.SHUT_RD)
send(line, struct.pack("=I", ALL))
if how == "late":
    send(line, struct.pack("=I", LATE))
