#!/usr/bin/env python3
"""combinations_of.py: a kernel tree's own combinations of a board and overlays, as its makefiles name them (NAME-dtbs := BASE.dtb X.dtbo …).

usage: combinations_of.py TREE   in an empty folder: o/ gets what they are made of, combinations.lua a check of each; their number is printed
"""
import os
import re
import subprocess
import sys

tree = os.path.realpath(sys.argv[1])
made = {}


def blob(folder, name):
    """Compiles with labels, as `make dtbs` does; None where this tree makes it of others."""
    stem, kind = os.path.splitext(name)
    source = f"{folder}/{stem}.{'dtso' if kind == '.dtbo' else 'dts'}"
    if source not in made:
        to = f"o/{len(made)}-{name}"
        prefixes = f"{tree}/scripts/dtc/include-prefixes"
        cpp = ["gcc", "-E", "-nostdinc", "-undef", "-D__DTS__", "-x", "assembler-with-cpp", f"-I{folder}", f"-I{prefixes}", source]
        dtc = ["dtc", "-q", "-@", "-I", "dts", "-O", "dtb", "-i", folder, "-i", prefixes, "-o", to, "-"]
        made[source] = to if os.path.exists(source) else None
        if made[source]:
            text = subprocess.run(cpp, stdout=subprocess.PIPE, check=True).stdout
            subprocess.run(dtc, input=text, check=True)
    return made[source]


def combinations(makefile):
    with open(makefile, encoding="utf-8") as f:
        text = f.read().replace("\\\n", " ")
    for line in re.finditer(r"^([\w.,+-]+)-dtbs\s*:?=\s*(.*)$", text, re.M):
        parts = line[2].split()
        if any(p.endswith(".dtbo") for p in parts):
            yield line[1], parts


os.makedirs("o")
calls = ['recipe "combinations" { version = "1", license = "MIT", summary = "boards with overlays" }']
for arch in ("arm", "arm64"):
    for folder, _, files in sorted(os.walk(f"{tree}/arch/{arch}/boot/dts")):
        for name, parts in combinations(f"{folder}/Makefile") if "Makefile" in files else ():
            blobs = [blob(folder, p) for p in parts]
            if all(blobs):
                overlays = ", ".join(f'"{b}"' for b in blobs[1:])
                calls.append(f'overlay_check "{arch}-{name}" {{ {overlays}, base = "{blobs[0]}", together = true, any_board = true }}')
calls.append('return write "done" { path = "done", text = "" }')
with open("combinations.lua", "w", encoding="utf-8") as f:
    f.write("\n".join(calls) + "\n")
print(len(calls) - 2)
