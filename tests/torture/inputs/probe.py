"""probe: runs jkr on bad inputs, each in a folder of its own between canaries, and says what was not as it has to be.

usage: probe.py TOP JKR [--part I/N] [--show] [ID…|KIND…]      started by inputs.sh, in a root of its own
"""
import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import case as cases
import control
import message
import world

PLACES = {"format", "layers", "trees", "results", "steps", "keys", "lock", "logs", "tmp", "trash", "warm", "quarantine", "downloads", "partial", "seen", "mirrors"}
HEX = re.compile(r"[0-9a-f]{64}(\.list)?$")


class Result:
    def __init__(self, status, out, err, seconds, memory):
        self.status, self.out, self.err, self.seconds, self.memory = status, out, err, seconds, memory


def put(path, what):
    """makes one file of a case"""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if callable(what):
        what(path)
    elif isinstance(what, tuple) and what[0] == "link":
        os.symlink(what[1], path)
    elif isinstance(what, tuple) and what[0] == "dir":
        os.mkdir(path, what[1])
    elif isinstance(what, tuple) and what[0] == "fifo":
        os.mkfifo(path)
    else:
        with open(path, "wb") as f:
            f.write(what.encode() if isinstance(what, str) else what)


def lay_out(c, images):
    home = f"{world.W}/c/{c.id}"
    for name in ("project", "store", "out", "home"):
        os.makedirs(f"{home}/{name}")
    os.rmdir(f"{home}/store")  # an own store, which jkr makes
    if c.recipe:
        put(f"{home}/project/recipe.lua", c.recipe)
    for name, what in c.files.items():
        put(f"{home}/project/{name}", what)
    if c.image:
        os.link(images.get(c.image), f"{home}/project/{c.image}.tar")
    if c.before:
        c.before(f"{home}/project")
    return home


def start(argv, home, c):
    env = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "HOME": f"{home}/home", "NO_COLOR": "1", "JKR_STORE": f"{home}/store"}
    env.update((k, v.replace("PROJECT", f"{home}/project")) for k, v in c.env.items())
    return subprocess.Popen(argv, cwd=f"{home}/project", env=env, stdin=subprocess.DEVNULL, stdout=open(f"{home}/stdout", "wb"),
                            stderr=open(f"{home}/stderr", "wb"), start_new_session=True)


def wait(pid, seconds):
    """the wait status and what was used, or None after `seconds`"""
    end, pause = time.monotonic() + seconds, 0.001
    while time.monotonic() < end:
        got, status, used = os.wait4(pid, os.WNOHANG)
        if got:
            return status, used
        time.sleep(pause)
        pause = min(pause * 1.5, 0.02)
    return None


def run(argv, home, c, seconds):
    """`seconds` of processor time; the clock gets more, for the machine may be busy"""
    begun = time.monotonic()
    program = start(argv, home, c)
    ended = wait(program.pid, 6 * seconds)
    late = ended is None
    if late:
        os.killpg(program.pid, signal.SIGKILL)
        ended = os.wait4(program.pid, 0)[1:]
    program.returncode = os.waitstatus_to_exitcode(ended[0])
    late = late or ended[1].ru_utime + ended[1].ru_stime > seconds
    texts = []
    for name in ("stdout", "stderr"):
        with open(f"{home}/{name}", "rb") as f:
            texts.append(f.read(1 << 20))
    took = time.monotonic() - begun
    return Result("late" if late else program.returncode, *texts, took, ended[1].ru_maxrss // 1024)


def leftovers(before):
    """processes that outlive jkr; a moment's grace, for the kernel ends them one by one"""
    for _ in range(50):
        left = world.processes() - before
        if not left:
            return []
        time.sleep(0.02)
    found = []
    for pid in left:
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as f:
                found.append(f"leftover: process {f.read().split(bytes(1))[:3]}")
            os.kill(pid, signal.SIGKILL)
        except OSError:
            pass
    return found


def stored(store):
    """faults in the shape of a store, and how many results it holds"""
    faults = []
    for name in sorted(os.listdir(store)) if os.path.isdir(store) else []:
        if name not in PLACES:
            faults.append(f"escape: {name!r} in the store")
    for name in ("tmp",):
        if os.path.isdir(f"{store}/{name}"):
            faults += [f"leftover: {name}/{left}" for left in os.listdir(f"{store}/{name}")]
    n = 0
    for name in ("layers", "trees", "results", "steps", "keys"):
        for folder, _, files in os.walk(f"{store}/{name}") if name not in ("layers", "trees") else ():
            faults += [f"escape: {folder}/{f} in the store" for f in files if not HEX.match(f)]
            n += len(files) if name == "results" else 0
        if name in ("layers", "trees") and os.path.isdir(f"{store}/{name}"):
            for two in os.listdir(f"{store}/{name}"):
                entries = os.listdir(f"{store}/{name}/{two}")
                marked = {f + ".marks" for f in entries if name == "layers" and HEX.match(f)}
                faults += [f"escape: {name}/{two}/{f!r} in the store" for f in entries
                           if f not in marked and not HEX.match(f) or f[:2] != two]
    return faults, n


def secrets(home, result):
    """whether something of the canaries is where it must not be"""
    token, found = world.SECRET.encode(), []
    for name, text in (("stdout", result.out), ("stderr", result.err)):
        if token in text:
            found.append(f"secret: {name} shows a file of the host")
    for top in (f"{home}/out", f"{home}/store"):
        for folder, _, files in os.walk(top):
            for name in files:
                path = f"{folder}/{name}"
                if not os.path.islink(path) and os.path.isfile(path) and os.path.getsize(path) < 1 << 20:
                    os.chmod(path, 0o600)
                    with open(path, "rb") as f:
                        if token in f.read():
                            found.append(f"secret: {path} holds a file of the host")
    return found


def results(home, c):
    """what was exported is exactly what the case says"""
    got, out = {}, f"{home}/out"
    for folder, folders, files in os.walk(out):
        for name in files + [f for f in folders if os.path.islink(f"{folder}/{f}")]:
            path = f"{folder}/{name}"
            key = os.path.relpath(path, out)
            if os.path.islink(path):
                got[key] = ("link", os.readlink(path))
            else:
                with open(path, "rb") as f:
                    got[key] = f.read()
                if os.stat(path).st_mode & 0o7000:
                    yield f"mode: {key} came out setuid, setgid or sticky"
    if c.out is None:
        return
    want = {k: v.encode() if isinstance(v, str) else v for k, v in c.out.items()}
    for key in sorted(got.keys() | want.keys()):
        if got.get(key) != want.get(key):
            yield f"result: {key!r} is {str(got.get(key))[:60]}, not {str(want.get(key))[:60]}"


def judge(c, home, result, limits, table):
    """faults of an outcome, but for those that need what was there before"""
    faults = []
    if result.status == "late":
        faults.append(f"late: not done in {limits.seconds(c)} s")
    elif result.status < 0 or result.status > 128:
        faults.append(f"signal: exit status {result.status}")
    if not limits.loose and result.memory > c.memory:
        faults.append(f"memory: {result.memory} MiB")
    if re.search(rb"AddressSanitizer|LeakSanitizer|runtime error: |==\d+== ", result.err):
        faults.append("sanitizer: " + re.search(rb".*(Sanitizer|runtime error|== ).*", result.err)[0].decode(errors="replace")[:200])
    shape, n = stored(f"{home}/store")
    faults += shape
    if c.refused:
        faults += message.faults(c, result, table)
        if n > c.keeps:
            faults.append(f"stored: {n} results, {c.keeps} expected")
        if os.listdir(f"{home}/out"):
            faults.append("stored: something was exported")
    else:
        if result.status != 0:
            faults.append(f"status: {result.status}, not 0")
        faults += message.notes(c, result) + list(results(home, c))
    faults += secrets(home, result)
    if c.after:
        faults += c.after(result, f"{home}/project")
    return faults


class Limits:
    def __init__(self, jkr):
        with open(jkr, "rb") as f:
            self.san = b"__asan_init" in f.read()
        self.loose = self.san
        self.factor = 4 if self.san else 1

    def seconds(self, c):
        return c.seconds * self.factor


class Images:
    """root file systems of this machine's programs, each made when the first case wants it"""
    WANTED = {"shell": ["sh", "cat", "env", "make", "true", "cp", "mkdir", "sleep", "touch", "rm", "dirname", "find", "cmp", "tail", "echo"], "dtc": ["cpp", "dtc"]}

    def __init__(self):
        self.made = {}

    def get(self, name):
        if name not in self.made:
            self.made[name] = self.make(name)
        return self.made[name]

    def make(self, name):
        root, tar = f"{world.W}/image-{name}", f"{world.W}/{name}.tar"
        os.makedirs(f"{root}/usr/bin")
        os.symlink("usr/bin", f"{root}/bin")
        os.mkdir(f"{root}/etc")
        programs = [shutil.which(p) for p in self.WANTED[name]]
        if name == "dtc":
            programs.append(subprocess.check_output(["gcc", "-print-prog-name=cc1"], text=True).strip())
        for program in programs:
            at = root + program if program.endswith("cc1") else f"{root}/usr/bin/{os.path.basename(program)}"
            os.makedirs(os.path.dirname(at), exist_ok=True)
            shutil.copy(program, at)
            for lib in re.findall(r"(/\S+) \(", subprocess.check_output(["ldd", program], text=True)):
                os.makedirs(os.path.dirname(root + lib), exist_ok=True)
                shutil.copy(lib, root + lib)
        subprocess.check_call(["tar", "-cf", tar, "-C", root, "."])
        shutil.rmtree(root)
        return tar


class Probe:
    def __init__(self, top, jkr, show=False):
        self.jkr, self.show, self.top = [jkr], show, top
        self.table, self.limits, self.images = cases.codes(top), Limits(jkr), Images()
        os.makedirs(f"{world.W}/c", exist_ok=True)

    def leave(self, c):
        old = {f"{world.W}/c/{name}" for name in os.listdir(f"{world.W}/c") if name != c.id}
        own = {f"{world.W}/c/{c.id}/{name}" for name in ("store", "odd", "out", "stdout", "stderr")}
        if "ref =" in c.recipe:
            own.add(f"{world.W}/c/{c.id}/project/jkr.lock")
        return world.APART | {self.top} | old | own

    def argv(self, c):
        return self.jkr + (c.run or ["run", "recipe.lua", "-v" if c.show else "-q", "-o", "../out"])

    def one(self, c, argv=None, judged=True):
        """faults of one case, run by jkr or (for the controls) by something else"""
        home = lay_out(c, self.images)
        for name in ("stdout", "stderr"):
            open(f"{home}/{name}", "wb").close()
        os.makedirs(f"{home}/store", exist_ok=True)
        os.rmdir(f"{home}/store")
        leave = self.leave(c)
        own = {home, f"{home}/project"} if "ref =" in c.recipe else {home}
        before = world.look("/", leave)
        mounts, processes = world.mounts(), world.processes()
        result = run(argv or self.argv(c), home, c, self.limits.seconds(c))
        faults = leftovers(processes)
        faults += [f"leftover: mount {m}" for m in world.mounts() if m not in mounts]
        after = world.look("/", leave)
        faults += world.differences({k: v for k, v in before.items() if k not in own},
                                    {k: v for k, v in after.items() if k not in own})
        faults += judge(c, home, result, self.limits, self.table) if judged else []
        if self.show:
            print(f"--- {c.kind} {c.id}: {c.what}: {result.status}, {result.seconds:.2f} s, {result.memory} MiB")
            sys.stdout.flush()
            sys.stdout.buffer.write(result.err[:3000])
        return faults, result


def chosen(args):
    small = os.environ.get("TORTURE") == "small"
    named = set(args.names)
    i, n = map(int, args.part.split("/"))
    k = 0
    for c in cases.every():  # one at a time: some are large
        if (c.id in named or c.kind in named) if named else not small or c.small:
            if k % n == i:
                yield c
            k += 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("top")
    parser.add_argument("jkr")
    parser.add_argument("--part", default="0/1")
    parser.add_argument("--show", action="store_true")
    parser.add_argument("names", nargs="*")
    args = parser.parse_intermixed_args()
    os.umask(0o022)
    world.build()
    probe = Probe(args.top, args.jkr, args.show)
    counts = {"controls": [*control.controls(probe), 0.0]} if not args.names and args.part.startswith("0/") else {}
    for c in chosen(args):
        begun = time.monotonic()
        faults, result = probe.one(c)
        n = counts.setdefault(c.kind, [0, 0, 0.0])
        n[0] += 1
        n[1] += bool(faults)
        n[2] += time.monotonic() - begun
        if faults:
            print(f"{c.kind} {c.id}: {c.what}")
            for fault in faults[:12]:
                print(f"    {fault}")
            if not args.show:
                sys.stdout.write("".join(f"    | {line}\n" for line in result.err.decode(errors="backslashreplace").splitlines()[:14]))
            sys.stdout.flush()
    for kind, (n, bad, seconds) in counts.items():
        print(f"count {kind} {n} {bad} {seconds:.1f}")


if __name__ == "__main__":
    main()
