#!/usr/bin/env python3
"""ask.py: random symbols asked of the helper that explains, its answers judged by the tree's own olddefconfig.

usage: ask.py TREE ARCH BASE COUNT SEED KWHY JUDGE  (in a build directory where `make *config` ran, with Kconfig's environment;
BASE is a .config, and a row of the table is printed; what was wrong goes to stderr, and the exit status is 1)
"""
import json
import os
import random
import resource
import subprocess
import sys

SEARCHED = 15  # configurations at random for a proof that there is none
CONTROLS = 10  # fixed ones that such a search must see at least one of
SINGLES = {1: 2, 2: 5}  # of fixes of so many lines, for how many every line, but those of choices, is tried alone; of one line as a control
GROUPS = 10  # requests of two to six symbols, each of which can be had

tree, arch, base, count, seed, kwhy, judge = sys.argv[1:8]
rng = random.Random(f"{seed} {tree} {arch} {os.path.basename(base)}")
judging = subprocess.Popen([judge, "Kconfig", base], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def tell(*fields):
    judging.stdin.write("\t".join(fields) + "\n")
    judging.stdin.flush()
    return judging.stdout.readline().rstrip("\n")


def symbols():
    judging.stdin.write("list\n")
    judging.stdin.flush()
    found = {}
    while line := judging.stdout.readline().rstrip("\n"):
        name, kind, value, prompts = line.split("\t")
        found[name] = (kind, value, int(prompts))
    return found


def wanted(kind, value):
    if kind == "bool":
        return "m" if rng.random() < 0.03 else "n" if value == "y" else "y"
    if kind == "tristate":
        return rng.choice([v for v in "ymn" if v != value])
    if kind == "string":
        return rng.choice(["", "a b", "x", 'q"\\'])
    digits = value[2:] if value.startswith("0x") else value
    old = int(digits or "0", 16 if kind == "hex" else 10)
    new = rng.choice([old + 1, max(0, old - 1), old * 2, old * 1000 + 7])
    return hex(new) if kind == "hex" else str(new)


def line(kind, name, value):
    if kind in ("bool", "tristate") and value == "n":
        return f"# CONFIG_{name} is not set"
    if kind == "string":
        value = '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"CONFIG_{name}={value}"


def line_of(name, value):
    return line(every[name][0], name, value)


def fix_line(fix):
    return line_of(*fix.split("=", 1))


def got(kind, value, have):
    if have == "-":
        return value == "n"
    if kind == "string":
        return line(kind, "", value) == "CONFIG_=" + have
    if kind in ("integer", "hex"):
        return int(have, 0) == int(value, 0)
    return have == value


def met(asked, fix=()):
    """Whether the .config that olddefconfig writes after the asked line and those of the fix has it."""
    name, value = asked
    return got(every[name][0], value, tell("try", name, line_of(name, value), *map(fix_line, fix)))


def searched(asked):
    name, value = asked
    return tell("search", name, value, str(SEARCHED), line_of(name, value)) == "yes"


def smaller(asked):
    """The lines that give it alone, by trying all but those of choices."""
    name, value = asked
    lines = tell("single", name, value, line_of(name, value)).split("\t")
    # what changes MODULES is proposed only where nothing else helps
    return [x for x in lines if x and "CONFIG_MODULES" not in x.split("=")[0].split() and got(every[name][0], value, tell("try", name, line_of(name, value), x))]


def all_met(group, fix=()):
    """Whether one .config has them all."""
    tell("keep", "together", *(line_of(*q) for q in group), *map(fix_line, fix))
    with open("together", encoding="utf-8", errors="surrogateescape") as f:
        have = dict(x[7:].rstrip("\n").split("=", 1) for x in f if x.startswith("CONFIG_"))
    return all(got(every[n][0], v, have.get(n, "-")) for n, v in group)


def together(group):
    """What is said of all at once, as a user gets it: with the limits."""
    told = subprocess.run(
        [kwhy, "Kconfig", *(f"{n}={v}" for n, v in group), "+"],
        env={**os.environ, "KCONFIG_CONFIG": base}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )
    return next((a for a in map(json.loads, told.stdout.splitlines()) if "together" in a), {})


def judge_group(group):
    a = together(group)
    answer, fix, against = a.get("together"), a.get("fix", []), a.get("against", [])
    names = " ".join(f"{n}={v}" for n, v in group)
    if answer == "met" and not all_met(group):
        return wrong(group[0], f"said to be met together, and is not: {names}")
    if answer == "fix":
        if not all_met(group, fix):
            wrong(group[0], f"not met together with {fix}: {names}")
        for i in range(len(fix)):
            if all_met(group, fix[:i] + fix[i + 1 :]):
                wrong(group[0], f"{fix[i]} is not needed in {fix} of {names}")
    elif answer == "never":
        blamed = [tuple(x.split("=", 1)) for x in against]
        if len(blamed) < 2 or not set(blamed) <= set(group):
            wrong(group[0], f"{against} is blamed of {names}")
        elif len(blamed) > 2 and together(blamed[1:]).get("together") not in ("met", "fix"):
            wrong(group[0], f"a part of {against} is impossible, too")
        if all_met(group):
            wrong(group[0], f"said to be impossible together, and is not: {names}")
    elif answer != "met":
        wrong(group[0], f"together answered by {answer}: {names}")
    return answer


def values(names):
    """What the helper says that symbols have; it finds out by itself what the compiler calls itself."""
    bare = {k: v for k, v in os.environ.items() if k not in ("CC_VERSION_TEXT", "RUSTC_VERSION_TEXT")}
    told = subprocess.run(
        [kwhy, "Kconfig", *names], env={**bare, "KCONFIG_CONFIG": base}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    return {a["name"]: a.get("value") for a in map(json.loads, told.stdout.splitlines()) if "name" in a}


every = symbols()
known = sorted(n for n, s in every.items() if s[0] != "unknown")
asked = [(n, wanted(*every[n][:2])) for n in rng.sample(known, min(int(count), len(known)))]
run = subprocess.run(
    [kwhy, "Kconfig", *(f"{n}={v}" for n, v in asked)],
    env={**os.environ, "KCONFIG_CONFIG": base, "KWHY_UNLIMITED": "1"},
    stdout=subprocess.PIPE,
    stderr=subprocess.DEVNULL,
    text=True,
)
answers = [json.loads(x) for x in run.stdout.splitlines()]
tally = dict.fromkeys(("met", "fix", "never", "wrong", "lines", "controls"), 0)
if run.returncode or len(answers) != len(asked):
    print(f"{tree} {arch}: the helper answered {len(answers)} of {len(asked)}, status {run.returncode}", file=sys.stderr)
    tally["wrong"] += 1


def wrong(q, why):
    tally["wrong"] += 1
    print(f"{tree} {arch} {os.path.basename(base)}: {q[0]}={q[1]} ({every[q[0]][0]}): {why}", file=sys.stderr)


has = values(known)
for n in known:
    if has.get(n) != every[n][1]:
        wrong((n, every[n][1]), f"the helper says that it is {has.get(n)}")
controls = seen = 0
tried = {1: 0, 2: 0}
for q, a in zip(asked, answers):
    answer, fix = a.get("answer"), a.get("fix", [])
    if answer != "open" and answer in tally:
        tally[answer] += 1
    if answer == "met":
        if not met(q):
            wrong(q, "said to be met, and is not")
    elif met(q):
        wrong(q, f"is met, and is answered by {answer}")
    elif answer == "fix":
        tally["lines"] += len(fix)
        if tried.get(len(fix), 0) < SINGLES.get(len(fix), 0):
            tried[len(fix)] += 1
            alone = smaller(q)
            seen += len(fix) == 1 and bool(alone)
            if len(fix) == 2 and alone:
                wrong(q, f"{fix}, and {alone[0]} does it alone")
        if not met(q, fix):
            wrong(q, f"not met with {fix}")
        for i in range(len(fix)):
            if met(q, fix[:i] + fix[i + 1 :]):
                wrong(q, f"{fix[i]} is not needed in {fix}")
        if controls < CONTROLS:
            controls += 1
            tally["controls"] += searched(q)
    elif answer == "never":
        if not a.get("never") and not a.get("leaf"):
            wrong(q, "no proof")
        if searched(q):
            wrong(q, "said to be impossible, and a configuration has it")
    else:
        wrong(q, f"answered by {answer}")
if controls == CONTROLS and not tally["controls"]:
    wrong(asked[0], "the search for configurations sees none of ten that exist")
if tried[1] == SINGLES[1] and not seen:
    wrong(asked[0], "the trial of every line sees none of the fixes of one line")
can = [q for q, a in zip(asked, answers) if a.get("answer") in ("met", "fix")]
groups = [judge_group(rng.sample(can, min(len(can), rng.randint(2, 6)))) for _ in range(GROUPS if len(can) > 1 else 0)]
print(
    f"{tree:<5} {arch:<7} {os.path.basename(base):<12} {len(asked):>5} {tally['met']:>6} {tally['fix']:>6} "
    f"{tally['lines']:>6} {tally['never']:>6} {tried[2]:>6} {groups.count('fix'):>6} "
    f"{groups.count('never'):>6} {tally['wrong']:>6}",
    flush=True,
)
judging.stdin.close()
judging.wait()
if os.environ.get("TIMES"):
    print(resource.getrusage(resource.RUSAGE_CHILDREN), file=sys.stderr)
sys.exit(tally["wrong"] > 0)
