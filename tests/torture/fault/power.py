"""power: cuts the power while a run works on an ext4 file system, by copying the file that the file system lies in;
each copy is mounted and judged as after a new start of the machine.

What must hold: jkr counts no damaged layer as good and no record whose layers are not whole; a layer marked durable
is whole; the run there completes with the outputs of an undisturbed one; the store is whole then, and after a cut
behind the end of a run nothing has to be done again.

jkr knows a new start by /proc/sys/kernel/random/boot_id: where the copies are judged, boot.c shows it another.
"""
import json
import os
import re
import shutil
import stat
import subprocess
import sys

from ground import FULL, JKR, WORK, Broken, Ground, Tally, each, finish, place, snapshot, write

MEBIBYTES = 48
KINDS = (("defaults", 200), ("data=writeback", 60), ("noauto_da_alloc", 60)) if FULL else (("defaults", 24),)
PER_RUN = 50


def sh(*argv):
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL)


class Disk:
    """A file system in a file, mounted at a folder."""

    def __init__(self, image, at, option):
        self.image, self.at, self.option = image, at, option
        os.makedirs(at, exist_ok=True)

    def make(self):
        with open(self.image, "wb") as f:
            f.truncate(MEBIBYTES << 20)
        sh("mkfs.ext4", "-q", "-F", "-O", "has_journal", "-E", "lazy_itable_init=0,nodiscard", self.image)

    def __enter__(self):
        sh("mount", "-o", "loop,commit=300," + self.option, self.image, self.at)
        return self

    def __exit__(self, *_):
        sh("umount", self.at)


def use(ground, disk):
    ground.store, ground.out, ground.mounted = disk.at + "/store", disk.at + "/out", disk.at
    ground.base["JKR_STORE"] = ground.store


def cuts_of_run(ground, top, option, number, calls, first):
    """One run with `number` cuts spread over its calls, and one behind its end."""
    disk = Disk(top + "/image", top + "/disk", option)
    disk.make()
    every = max(1, calls // number)
    cut = "%s/cut %s %s/%d-$N %s $((%d + N))" % (WORK, disk.image, top, first, disk.at, first)
    hold = "N=$(cat %s/n); echo $((N + 1)) >%s/n; %s" % (top, top, cut)
    write(top + "/n", "0")
    with disk:
        use(ground, disk)
        report = top + "/report"
        run = ground.run([WORK + "/inject", "-r", report, "--"], env={"HOLD": hold, "HOLD_EVERY": str(every)},
                         report=report)
        if run.status:
            raise Broken("the run that the power is cut in fails: " + run.said)
        sh(WORK + "/cut", disk.image, "%s/%d-end" % (top, first), disk.at, "0")
    with open(top + "/n") as f:
        made = int(f.read())
    return [("%d-%d" % (first, i), option) for i in range(made)] + [("%d-end" % first, option)]


def states(ground):
    status, said = ground.jkr("plan", ground.project.path + "/r.lua", "--format", "json")
    if status:
        raise Broken("the plan fails: " + said.strip())
    return [step["state"] for step in json.loads(said)["steps"]]


def check_marks(ground, bad):
    """No layer that is marked durable may be among the damaged ones."""
    for path in bad:
        part = path.split("/")
        if part[0] != "layers" or part[2].endswith(".list"):
            continue
        st = os.lstat(os.path.join(ground.store, *part[:3]))
        if stat.S_ISDIR(st.st_mode) and st.st_mtime_ns == 10**9:
            raise Broken("%s is marked durable and damaged" % path)


def damaged(ground):
    """The objects that verify names."""
    status, said = ground.jkr("cache", "verify", "-q")
    objects = re.findall(r"^(\w+/[^:]*): ", said, re.M)
    if status not in (0, 3) or bool(status) != bool(objects):
        raise Broken("verify fails: " + said)
    return objects


def judge(ground, top, case, tally, harm=None):
    name, option = case
    disk = Disk("%s/%s" % (top, name), ground.top + "/disk", option)
    with disk:
        use(ground, disk)
        new_start(ground)
        if harm:
            harm(ground)
        bad = damaged(ground)
        check_marks(ground, bad)
        tally.count("stores with lost files", bool(bad))
        found = states(ground)
        if name.endswith("-end") and set(found) != {"cached"}:
            raise Broken("a run ended, and %s is to be done again" % found)
        tally.count("results kept", found.count("cached"))
        tally.count("results lost", len(found) - found.count("cached"))
        again = ground.run()
        if again.status:
            raise Broken("the next run fails: " + again.said.strip())
        ground.check_out(True)
        ground.check_store("after the next run")
        ground.check_outside()
        kept = os.listdir(ground.store + "/tmp") + os.listdir(ground.store + "/trash")
        if kept:
            raise Broken("left: " + ", ".join(kept[:5]))


def judged(tally, top):
    def one(ground, case):
        try:
            judge(ground, top, case, tally)
        finally:
            os.unlink("%s/%s" % (top, case[0]))
    return one


def new_start(ground):
    """From here on jkr believes that the machine has started anew."""
    with open("/proc/sys/kernel/random/boot_id") as f:
        other = f.read().translate(str.maketrans("0123456789abcdef", "123456789abcdef0"))
    write(ground.top + "/boot_id", other)
    ground.base.update(LD_PRELOAD=WORK + "/boot.so", BOOT_ID=ground.top + "/boot_id")


def control(ground, top):
    """A layer that lost a file and bears the mark of a durable one must be seen, and so must one that did so in
    the same start of the machine, where jkr has no reason to look."""
    def harm(ground):
        for folder, _, files in os.walk(ground.store + "/layers"):
            for path in [os.path.join(folder, name) for name in files if not name.endswith(".list")]:
                if stat.S_ISREG(os.lstat(path).st_mode):
                    os.truncate(path, 0)

    tally = Tally()
    try:
        shutil.copy(top + "/0-end", top + "/harmed-end")
        judge(ground, top, ("harmed-end", "defaults"), tally, harm)
        tally.add("a lost file below a durable mark", "it is not seen")
    except Broken:
        tally.add("a lost file below a durable mark")
    return tally.print("power-control")


def kind(top, option, number):
    tally, cases = Tally(), []
    ground = Ground(top + "/writer", True)
    calls = sum(line.startswith("call ") for line in ground.inject().report)
    ground.fresh()
    while len(cases) < number:
        cases += cuts_of_run(ground, top, option, min(PER_RUN, number - len(cases)), calls, len(cases))
    good = option != "defaults" or control(Ground(top + "/control", project=ground.project), top)
    each(cases, judged(tally, top), tally, top, project=ground.project)
    return tally.print("power-" + option.replace("=", "-")) and good


if os.geteuid() or not os.path.exists("/dev/loop-control"):
    print("power: skipped: loop devices and their mounts need root")
    print("torture power: skipped (needs root and loop devices)")
    finish(True)
if os.environ.get("POWER_NAMESPACE") != "own":
    os.environ["POWER_NAMESPACE"] = "own"
    os.execvp("unshare", ["unshare", "--mount", "--propagation", "private", sys.executable, *sys.argv])
top = place()
try:
    good = [kind("%s/%d" % (top, i), option, number) for i, (option, number) in enumerate(KINDS)]
finally:
    shutil.rmtree(top, ignore_errors=True)
finish(all(good))
