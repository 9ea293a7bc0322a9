#!/usr/bin/env python3
"""prune.py: leaves of a kernel's source, a tar on stdin, what a small arm64 build and Kconfig need; tar on stdout.

usage: prune.py prune.list [keep.list] <linux.tar >pruned.tar

A folder of prune.list keeps its Kconfig files and Makefiles only, so that every symbol can still be asked for.
A file of keep.list stays anyhow: what a patch series changes. The first part of each name, linux-VERSION/, is dropped.
"""
import sys
import tarfile


def lines(path):
    with open(path, encoding="ascii") as f:
        return {line.strip() for line in f if line.strip()}


def kept(name, hollow, keep):
    base = name.rsplit("/", 1)[-1]
    if name in keep or base in ("Makefile", "Kbuild") or base.startswith("Kconfig"):
        return True
    parts = name.split("/")
    return not any("/".join(parts[:n]) in hollow for n in range(1, len(parts) + 1))


def main():
    hollow = lines(sys.argv[1])
    keep = lines(sys.argv[2]) if len(sys.argv) > 2 else set()
    source = tarfile.open(fileobj=sys.stdin.buffer, mode="r|", bufsize=1 << 20)
    pruned = tarfile.open(fileobj=sys.stdout.buffer, mode="w|", format=tarfile.GNU_FORMAT, bufsize=1 << 20)
    for member in source:
        _, _, name = member.name.partition("/")
        if not name or member.isdir() or not kept(name, hollow, keep):
            continue
        member.name = name
        pruned.addfile(member, source.extractfile(member) if member.isfile() else None)
        source.members = []
    pruned.close()


main()
