# SPDX-License-Identifier: ISC
# records.py - from what `nsd-checkzone -p` prints (stdin) to a line for each record whose rdata are
# one name, one address or a SOA: `owner ttl type rdata`, owners in full, sorted, each once.
import sys

origin, owner, found = "", "", set()
for line in sys.stdin.read().replace("(\n", "").splitlines():
    if line.startswith("$ORIGIN"):
        origin = line.split()[1].rstrip(".") + "."
        origin = "" if origin == "." else origin
        continue
    if not line.strip() or line[0] in "$;":
        continue
    if line[0] not in " \t":
        owner, _, line = line.partition("\t")
        owner = owner if owner.endswith(".") else origin if owner == "@" else owner + "." + origin
    fields = line.split(None, 3)
    if len(fields) == 4 and fields[2] in ("PTR", "A", "AAAA", "NS", "SOA"):
        found.add(f"{owner.lower()} {fields[0]} {fields[2]} {' '.join(fields[3].split()).lower()}")
print("\n".join(sorted(found)))
