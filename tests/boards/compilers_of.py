#!/usr/bin/env python3
"""compilers_of.py PID: the compilers below a process, looked at until it ends.

Says the most that ran at one time, the most targets of which one ran at one time, and the targets: `2 2 aarch64-linux-gnu arm-linux-gnueabihf`."""
import pathlib
import sys
import time


def processes():
    """Of each process its parent, name and state."""
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
        except OSError:
            continue
        name, rest = text[text.index("(") + 1 : text.rindex(")")], text[text.rindex(")") + 2 :].split()
        yield int(stat.parent.name), int(rest[1]), name, rest[0]


def target(pid):
    """.../gcc-cross/arm-linux-gnueabihf/12/cc1 is of arm-linux-gnueabihf."""
    try:
        program = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0].decode()
    except OSError:
        return None
    parts = program.split("/")
    return parts[-3] if len(parts) > 2 else None


def main():
    top = int(sys.argv[1])
    most = at_once = 0
    seen = set()
    while True:
        table = {pid: (parent, name, state) for pid, parent, name, state in processes()}
        if top not in table or table[top][2] == "Z":
            break
        below = []
        for pid, (parent, name, _) in table.items():
            while parent in table and parent != top:
                parent = table[parent][0]
            if parent == top and name == "cc1":
                below.append(pid)
        now = {t for t in map(target, below) if t and t != "x86_64-linux-gnu"}
        most, at_once, seen = max(most, len(below)), max(at_once, len(now)), seen | now
        time.sleep(0.3)
    print(most, at_once, *sorted(seen))


main()
