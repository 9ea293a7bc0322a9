#!/usr/bin/env python3
"""named.py: whether the tests that docs/coming-from-shell.md names are there. Prints those that are not, and at last how many are.

usage: named.py TOP      of a row with three cells the last one counts: `NAME.bats`: words of a title … more of it; `errors/NAME`
"""
import glob
import os
import re
import sys

top = sys.argv[1]
titles = {}
for path in glob.glob(top + "/tests/*/*.bats"):
    with open(path) as f:
        titles.setdefault(os.path.basename(path), []).extend(re.findall(r'^@test "(.*?)" \{', f.read(), re.M))
found, files = 0, []


def tell(good, what):
    global found
    found += good
    if not good:
        print(what)


for line in open(top + "/docs/coming-from-shell.md"):
    cells = line.rstrip(" |\n").split(" | ")
    if not line.startswith("| ") or len(cells) != 3 or cells[2] in ("shown by", "---"):
        continue
    for part in cells[2].split("; "):
        for name in re.findall(r"`(?:errors/)?([a-z0-9-]+)`", part):
            tell(os.path.exists(f"{top}/tests/errors/{name}.err"), "errors/" + name)
        for name in re.findall(r"`unit/(\w+)`", part):
            tell(os.path.exists(f"{top}/tests/unit/{name}.c"), "unit/" + name)
        named = re.findall(r"`(\w+\.bats)`", part)
        files = named or files
        for name in named:
            tell(name in titles, name)
        title = re.sub(r"^.*`: ", "", part) if named else part
        if "`" in title or not title[:1].isalpha() or title in ("does not arise", "none"):
            continue
        words = [w.strip() for w in title.split("…") if w.strip()]
        for name in files:
            tell(any(all(w in t for w in words) for t in titles.get(name, [])), f"{name}: {title}")
print(found, "found")
