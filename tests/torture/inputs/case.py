"""case: one bad input, and what jkr has to make of it.

A file of this folder that is named in KINDS below has a function `cases()`, which gives its cases one after the other. Everything
is made by code when the probe asks for it; no input is stored.

refuse("AR-010", "entry ../evil", ["E0403", "`../evil`"], files={"x.tar": tar(file("../evil"))}, recipe=UNTAR)
    jkr ends with the exit status that the table of codes gives to the first word, and says all of them
accept("PA-052", "no newline at the end", files=…, recipe=…, out={"a.txt": b"…"})
    jkr ends with 0, and what it exports is exactly `out` (where that is given)
"""
import importlib
import os
import re
from dataclasses import dataclass, field

KINDS = ["archives", "packed", "patches", "recipes", "fields", "settings", "locks", "modules", "kconfig", "trees", "gits", "places", "checks"]

LARGE = os.environ.get("TORTURE") != "small"  # whether inputs are made that take long to make


@dataclass
class Case:
    id: str                # as in the catalogue; what we added has a letter behind the number, or a word
    what: str              # one line
    refused: bool
    says: list             # of a refusal: its code, then texts that the message holds; of others: texts of notes
    recipe: str = ""       # recipe.lua
    files: dict = field(default_factory=dict)  # name: bytes, text, ("link", target), ("dir", mode) or a function of the path
    run: list = None       # instead of `run recipe.lua -q -o ../out`
    out: dict = None       # path: bytes, text or ("link", target), exactly
    keeps: int = 0         # results that a refused recipe may store: those of steps before the bad one
    mistakes: int = 1      # how many the message reports
    image: str = ""        # the name of a root file system that lies beside the recipe
    env: dict = field(default_factory=dict)
    seconds: float = 10
    memory: int = 512      # MiB
    small: bool = False    # in the share of `make check`
    quiet: bool = False    # an accepted input must give no note either
    before: object = None  # a function of the project's folder, when files are not enough
    after: object = None   # a function (result, project) that gives a list of faults
    place: str = ""        # what stands for file:line where there is none
    show: bool = False     # `-v`: notes are wanted
    kind: str = ""


def refuse(id, what, says, **more):
    return Case(id, what, True, [says] if isinstance(says, str) else says, **more)


def accept(id, what, says=(), **more):
    return Case(id, what, False, [says] if isinstance(says, str) else list(says), **more)


def every(kinds=None):
    seen = set()
    for kind in kinds or KINDS:
        for case in importlib.import_module(kind).cases():
            case.kind = kind
            if case.id in seen:
                raise SystemExit(f"{kind}.py: {case.id} is there twice")
            seen.add(case.id)
            yield case


def codes(top):
    """code: exit status, from the table of codes and that of statuses"""
    status = {}
    with open(f"{top}/interp/base/err.h") as f:
        status.update((name, int(n)) for name, n in re.findall(r"\b(ST_\w+) = (\d+)", f.read()))
    table = {}
    folder = f"{top}/interp/base/codes"
    for name in os.listdir(folder):
        with open(f"{folder}/{name}") as f:
            table.update((code, status[st]) for code, st in re.findall(r'X\("(E\d+)", (ST_\w+),', f.read()))
    return table
