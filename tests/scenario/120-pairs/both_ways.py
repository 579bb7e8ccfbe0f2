# SPDX-License-Identifier: ISC
# both_ways.py ZONEFILE... - in zone files that `arpa pairs` wrote, each PTR leads to an address
# record that leads back, or has a mark, or its range has one; and each address record has its PTR.
import ipaddress
import re
import sys

RANGE = re.compile(r"; .*range \S+: PTR (\S+), TTL \d+: (external|no forward)\n")

ptrs, addresses = set(), set()
for path in sys.argv[1:]:
    marks = []
    for line in open(path):
        if comment := RANGE.fullmatch(line):
            parts = re.split(r"{\w+}", comment[1])
            marks.append((re.compile("[0-9a-f-]+".join(map(re.escape, parts))), comment[2]))
        line, _, mark = line.rstrip("\n").partition("\t; ")
        fields = line.split("\t")
        if line.startswith("$ORIGIN"):
            origin = line.split()[1]
        elif len(fields) == 5:
            owner = origin if fields[0] == "@" else fields[0] + "." + origin
            if fields[3] == "PTR":
                for pattern, of_range in marks:
                    if not mark and pattern.fullmatch(fields[4]):
                        mark = of_range
                ptrs.add((owner, fields[4], mark))
            elif fields[3] in ("A", "AAAA"):
                addresses.add((ipaddress.ip_address(fields[4]).reverse_pointer + ".", owner))
forward = {(owner, name) for owner, name, mark in ptrs if not mark}
marked = {(owner, name) for owner, name, mark in ptrs if mark}
for what, pairs in (("a PTR without its address", forward - addresses),
                    ("an address without its PTR", addresses - forward),
                    ("a mark on a PTR that leads back", marked & addresses)):
    for pair in pairs:
        print(what, *pair)
sys.exit(forward != addresses or bool(marked & addresses) or not forward)
