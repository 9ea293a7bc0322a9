"""ground: a project, a store and an output folder that faults are tried on, and what must hold after each.

What must hold ("the invariant"): the store is whole; the next run succeeds and gives the bytes of an undisturbed
run; no process, mount, half-written or temporary file is left then; nothing outside store and output changed;
and a run that ended with 0 has delivered.
"""
import concurrent.futures
import hashlib
import os
import re
import resource
import shutil
import stat
import subprocess
import sys
import tarfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
JKR = os.environ["JKR"]
WORK = os.environ["WORK"]
FULL = os.environ.get("TORTURE", "full") != "small"
INJECT = os.path.join(WORK, "inject")
WORKERS = int(os.environ.get("TORTURE_WORKERS", "2"))
TIMEOUT = 180  # what hangs, hangs for ever; a run on a busy machine takes its time
EXITS = {1, 2, 3, 5, 6, 7, 8}  # design: what a failed run may say


class Broken(Exception):
    """The invariant does not hold."""


def place():
    """A folder in memory where there is one: nothing waits for a disk there."""
    if os.access("/dev/shm", os.W_OK):
        path = "/dev/shm/jkr-torture-%d" % os.getpid()
        os.makedirs(path, exist_ok=True)
        return path
    return WORK


PATCH = """--- a/README
+++ b/README
@@ -1,3 +1,3 @@
 one
-two
+TWO
 three
"""


def add(tar, name, data=b"", mode=0o644, target=None):
    info = tarfile.TarInfo(name)
    info.mode, info.size = mode, len(data)
    if target:
        info.type, info.linkname = tarfile.SYMTYPE, target
    import io
    tar.addfile(info, io.BytesIO(data))


def sha256(path):
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write(text)


class Project:
    """The recipe that touches every code path, and with `long` one of 40 steps around it."""

    def __init__(self, path, long=False):
        self.path = path
        os.makedirs(path)
        with open(os.path.join(WORK, "work"), "rb") as f:
            program = f.read()
        with tarfile.open(path + "/image.tar", "w") as tar:
            add(tar, "usr/bin/work", program, 0o755)
            add(tar, "bin", target="usr/bin")
        with tarfile.open(path + "/file.tar.xz", "w:xz") as tar:
            add(tar, "pkg/README", b"one\ntwo\nthree\n")
            add(tar, "pkg/other", b"x\n")
            add(tar, "pkg/Link", target="README")
            add(tar, "pkg/configs/def", b"CONFIG_A=y\n")
        write(path + "/fix.patch", PATCH)
        write(path + "/extra/e", "e\n")
        write(path + "/extra/f", "f\n")
        write(path + "/r.lua", self.recipe(30 if long else 0))

    def recipe(self, more):
        steps = "".join('last = write "w%d" { on = last, path = "many/%d", text = "%s\\n" }\n' % (i, i, "t" * 4000)
                        for i in range(more))
        return f'''recipe "r" {{ version = "1", license = "MIT", summary = "every code path" }}
local img = untar "img" {{ "image.tar", sha256 = "{sha256(self.path + "/image.tar")}", rootfs = true }}
local got = fetch "got" {{ "file://{self.path}/file.tar.xz", sha256 = "{sha256(self.path + "/file.tar.xz")}" }}
local src = untar "src" {{ got, strip = 1 }}
local fix = patch "fix" {{ on = src, "fix.patch" }}
local ed = edit "ed" {{ on = fix, "README", find = "three", replace = "drei" }}
local last = write "wr" {{ on = ed, path = "new/hello.txt", text = "hi\\n" }}
{steps}local cp = copy "cp" {{ "extra", on = last, into = "extra" }}
local kc = kconfig_append "kc" {{ "configs/def", on = cp, symbols = {{ B = y }} }}
local run = run_in_container "run" {{ "work", toolchain = img, on = kc }}
local pk = pack "pk" {{ run, name = "all.tar.gz" }}
return bundle "r" {{ run, pk }}
'''


def snapshot(top, contents):
    """Everything below `top`: kind, mode, and the bytes or the times."""
    found = {}
    for folder, dirs, files in os.walk(top):
        for name in dirs + files:
            path = os.path.join(folder, name)
            st = os.lstat(path)
            what = [stat.S_IFMT(st.st_mode), st.st_mode & 0o7777]
            if stat.S_ISLNK(st.st_mode):
                what.append(os.readlink(path))
            elif contents and stat.S_ISREG(st.st_mode):
                what.append(sha256(path))
            elif not contents:
                what += [st.st_ino, st.st_size, st.st_mtime_ns, st.st_ctime_ns]
            found[os.path.relpath(path, top)] = what
    return found


def plain_limits():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class Run:
    def __init__(self, status, said, report=()):
        self.status, self.said, self.report = status, said, list(report)
        self.struck = next((line[7:] for line in self.report if line.startswith("struck ")), None)
        self.left = next((int(line[5:]) for line in self.report if line.startswith("left ")), 0)


class Ground:
    """One worker's own place: faults are tried one after the other on it."""

    def __init__(self, top, long=False, project=None):
        self.top, self.store, self.out = top, top + "/store", top + "/out"
        self.home = top + "/outside"
        self.project = project or Project(self.home + "/project", long)
        write(self.home + "/canary/file", "canary\n")
        write(self.home + "/canary/folder/file", "canary\n")
        self.outside = snapshot(self.home, False)
        self.good = set()  # stores that the next run coped with
        self.mounted = self.top + " "
        self.base = {"PATH": os.environ["PATH"], "HOME": self.home, "LC_ALL": "C", "JKR_STORE": self.store,
                     "TMPDIR": self.home}
        done = self.run()
        if done.status:
            raise Broken("an undisturbed run fails: " + done.said)
        self.clean = snapshot(self.out, True)
        self.fresh()

    def fresh(self):
        for path in (self.store, self.out):
            for tries in range(50):  # what was killed after TIMEOUT may still be ending, and write
                if not os.path.lexists(path):
                    break
                shutil.rmtree(path, ignore_errors=tries < 49)

    def argv(self):
        return [JKR, "run", "r.lua", "-j1", "-q", "-o", self.out]

    def run(self, before=(), env=None, report=None):
        """Runs the recipe, `before` put in front of it."""
        p = subprocess.run(list(before) + self.argv(), cwd=self.project.path, env={**self.base, **(env or {})},
                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=TIMEOUT,
                           preexec_fn=plain_limits)
        said, lines, status = p.stdout.decode("utf-8", "replace"), [], p.returncode
        if report:
            with open(report) as f:
                lines = f.read().splitlines()
            if status and "Resource temporarily unavailable" in said:
                raise BlockingIOError(said)
            if status:
                raise Broken("the injector ended with %d: %s" % (status, said))
            status = int(lines[-1].split()[1])
        return Run(status, said, lines)

    def inject(self, *what):
        report = self.top + "/report"
        return self.run([INJECT, "-r", report, *what, "--"], report=report)

    def jkr(self, *argv):
        p = subprocess.run([JKR, *argv], cwd=self.home, env=self.base, stdin=subprocess.DEVNULL, timeout=TIMEOUT,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return p.returncode, p.stdout.decode("utf-8", "replace")

    # What must hold.

    def check_outside(self):
        now = snapshot(self.home, False)
        if now != self.outside:
            changed = sorted(k for k in now.keys() | self.outside.keys() if now.get(k) != self.outside.get(k))
            raise Broken("outside changed: " + ", ".join(changed[:5]))
        with open("/proc/self/mounts") as f:
            if sum(self.top in line and self.mounted not in line for line in f):
                raise Broken("a mount is left")

    def check_store(self, when):
        status, said = self.jkr("cache", "verify")
        if status:
            raise Broken("the store %s: %s" % (when, said.strip()))

    def check_out(self, whole):
        now = snapshot(self.out, True)
        for name, what in now.items():
            base = os.path.basename(name)
            if not whole and base == ".jkr-export":
                continue
            # a folder that was not finished may still have a mode of its own
            if self.clean.get(name) != what and (whole or what[0] != stat.S_IFDIR):
                raise Broken("the output `%s` is not that of an undisturbed run" % name)
        if whole and now.keys() != self.clean.keys():
            raise Broken("outputs are missing: %s" % ", ".join(sorted(self.clean.keys() - now.keys())[:5]))

    def check_leftovers(self):
        for name in ("tmp", "trash", "quarantine"):
            left = os.listdir(os.path.join(self.store, name))
            if left:
                raise Broken("%s/ of the store still holds %s" % (name, ", ".join(left[:5])))
        for folder, dirs, files in os.walk(self.store):
            for name in dirs + files:
                if name.startswith(".tmp-"):
                    raise Broken("the store still holds %s" % os.path.relpath(os.path.join(folder, name), self.store))

    def check_run(self, run):
        """The run that met the fault."""
        if run.left:
            raise Broken("%d processes are left" % run.left)
        if run.status == 0:
            self.check_out(True)
        else:
            self.check_out(False)

    def state(self):
        """A name for what store and outputs hold, temporary names and times apart."""
        h = hashlib.sha256()
        for top in (self.store, self.out):
            for folder, dirs, files in os.walk(top):
                dirs.sort()
                where = os.path.relpath(folder, top)
                if "/.tmp-" in where:
                    continue
                for name in sorted(files):
                    path = os.path.join(folder, name)
                    st = os.lstat(path)
                    h.update(repr((where, name.split("-")[0] if name.startswith(".") else name, st.st_mode, st.st_size)).encode())
        return h.digest()

    def check(self, run):
        """All of the invariant; leaves the ground fresh."""
        try:
            self.check_run(run)
            self.check_outside()
            self.check_store("after the fault")
            again = self.run()
            if again.status:
                raise Broken("the next run fails: " + again.said.strip())
            self.check_out(True)
            self.check_store("after the next run")
            self.check_leftovers()
            self.check_outside()
        finally:
            self.fresh()


class Tally:
    def __init__(self):
        self.lock, self.cases, self.failures, self.counts, self.begun = threading.Lock(), 0, [], {}, time.time()

    def add(self, name, fault=None):
        with self.lock:
            self.cases += 1
            if fault:
                self.failures.append(name)
                print("FAILED %s: %s" % (name, fault[:2000]), flush=True)

    def count(self, what, n=1):
        with self.lock:
            self.counts[what] = self.counts.get(what, 0) + n

    def print(self, name):
        text = ", ".join("%d %s" % (n, what) for what, n in sorted(self.counts.items()))
        print("torture %s: %d cases, %d failed%s" % (name, self.cases, len(self.failures), " (%s)" % text if text else ""),
              flush=True)
        return not self.failures


def each(cases, trial, tally, top, long=False, project=None):
    """trial(ground, case) for every case, on WORKERS grounds."""
    cases = iter(cases)
    lock = threading.Lock()

    def work(i):
        ground = Ground("%s/g%d" % (top, i), long, project)
        while True:
            with lock:
                case = next(cases, None)
            if case is None:
                return
            fault = None
            for _ in range(10):
                try:
                    fault = None
                    trial(ground, case)
                    break
                except BlockingIOError as e:  # the machine is full of other people's processes: once more
                    fault = str(e)
                    time.sleep(2)
                except (Broken, subprocess.TimeoutExpired) as e:
                    fault = str(e)
                    ground.fresh()
                    break
            tally.add(str(case), fault)

    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        for done in [pool.submit(work, i) for i in range(WORKERS)]:
            done.result()


def refusal(tally, run):
    """A run that failed says a sentence and ends with a status of the table."""
    if run.status == 127 and "error while loading shared libraries" in run.said:
        tally.count("ended before main")
        return
    if run.status not in EXITS:
        raise Broken("exit status %d: %s" % (run.status, run.said.strip()))
    said = re.search(r"^error(\[E\d{4}\])?: ", run.said, re.M)
    if not said:
        raise Broken("no sentence: %r" % run.said)
    tally.count("refused" if said.group(1) else "refused without a code")


def harms(ground):
    """What the probe must see, each with what does it to a store and outputs that are whole."""
    def layer():
        for folder, _, files in os.walk(ground.store + "/layers"):
            for path in [os.path.join(folder, name) for name in files if not name.endswith(".list")]:
                if stat.S_ISREG(os.lstat(path).st_mode) and os.path.getsize(path):
                    os.truncate(path, os.path.getsize(path) - 1)
                    return

    def record():
        for folder, _, files in os.walk(ground.store + "/results"):
            for name in files:
                os.truncate(os.path.join(folder, name), 0)

    def process(run):
        run.left = 1

    def signal(run):
        run.status, run.said = 139, ""

    return {
        "a layer's file cut": lambda run: layer(),
        "a record cut": lambda run: record(),
        "an output changed": lambda run: write(ground.out + "/made/file", "other\n"),
        "an output missing": lambda run: os.unlink(ground.out + "/made/file"),
        "a temporary folder left": lambda run: os.mkdir(ground.store + "/tmp/job-left"),
        "a half-written text left": lambda run: write(ground.store + "/keys/.tmp-left", ""),
        "a file outside changed": lambda run: write(ground.home + "/canary/file", "other\n"),
        "a process left": process,
        "a crash": signal,
    }


def control(top, name):
    """The positive control: a harm each, which must be seen."""
    tally = Tally()
    for what in harms(None):
        ground = Ground(top + "/control/" + what.replace(" ", "-"))
        run = ground.run()
        harms(ground)[what](run)
        try:
            if run.status:
                refusal(Tally(), run)
            ground.check(run)
            tally.add(what, "the probe does not see it")
        except Broken:
            tally.add(what)
    return tally.print(name + "-control")


def points(top, *what):
    """Every call of an undisturbed run that changes the file system: task, number, name."""
    run = Ground(top + "/points").inject(*what)
    if run.status:
        raise Broken("the run under the injector fails: " + run.said)
    return [tuple(line.split()[1:]) for line in run.report if line.startswith("call ")]


def strike(ground, tally, point, what):
    """Runs with the fault at one point. The tasks take turns in their own way, so it may be passed by."""
    task, n, name = point
    for tries in range(3):
        if tries:
            ground.fresh()
        run = ground.inject("-c", "-a", "%s:%s" % (task, n), what)
        if run.struck:
            break
    if not run.struck:
        tally.count("passed by")
    elif run.struck.split()[-1] != name:
        tally.count("met another call")
    return run


def spread(cases, share):
    """All of the cases, or when small every `share`-th, from the middle of each share."""
    return cases if FULL else cases[share // 2::share]


def finish(good):
    sys.exit(0 if good else 1)
