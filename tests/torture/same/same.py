"""same.py: builds same.lua from nothing in many places and compares all that comes out; prints counts. See same.sh."""
import difflib, hashlib, json, os, random, shutil, stat, subprocess, sys

JKR, WORK, PATH = os.environ["JKR"], os.environ["WORK"], os.environ["PATH"]
SMALL, ROOT = os.environ.get("TORTURE") == "small", os.geteuid() == 0
DAY, VARY = 86400, f"{WORK}/vary.so"
# in memory, where there is room: sixteen builds from nothing are mostly waiting for the disk
TOP = "/dev/shm" if os.access("/dev/shm", os.W_OK) and shutil.disk_usage("/dev/shm").free > 1 << 29 else WORK
r = random.Random(13)
serial = 0


def vary(**what):
    return {"env": {"LD_PRELOAD": VARY, **what}}


def shell(before):
    return {"wrap": ["sh", "-c", before + '; exec "$@"', "sh"]}


def user(uid):
    return {"wrap": ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups"], "owner": uid}


def noise():
    names = """CC CFLAGS LDFLAGS MAKEFLAGS MFLAGS MAKELEVEL ARCH CROSS_COMPILE SOURCE_DATE_EPOCH GZIP XZ_OPT XZ_DEFAULTS ZSTD_CLEVEL
        ZSTD_NBTHREADS TAR_OPTIONS GIT_DIR HOME USER LOGNAME HOSTNAME TMPDIR LUA_INIT LUA_PATH COLUMNS TERM BASH_ENV ENV CPATH
        COMPILER_PATH KBUILD_BUILD_USER KBUILD_BUILD_HOST POSIXLY_CORRECT LANGUAGE SHELL PWD""".split()
    values = ["", "1", "-n", "garbage", "/nonexistent", "\xff\xfe", "-" * 5000, "error('x')"]
    return {"env": {name: r.choice(values) for name in r.sample(names, 12)} | {f"JUNK_{i}": "x" * r.randrange(200) for i in range(r.randrange(40))}}


def times(of):
    return {"touch": of}


def place(*folders):
    return {"place": "/".join(folders)}


# each of the twelve: ways to be different; the small share takes the first of each
VARIATIONS = {
    "time": [vary(VARY_TIME=str(400 * DAY)), {"wrap": ["faketime", "-f", "+400d"]}, {"wrap": ["faketime", "-f", "+80y"]},
             vary(VARY_TIME=str(-30 * 365 * DAY)), times(0), times(2**31 + 5), times(4102444800)],
    "zone": [{"env": {"TZ": z}} for z in ("Asia/Kathmandu", "UTC-14", "UTC+12", "garbage")],
    "locale": [{"env": {"LC_ALL": x, "LANG": x, "LANGUAGE": x}} for x in ("tr_TR.UTF-8", "C.UTF-8", "de_DE.ISO-8859-1", "POSIX")],
    "umask": [shell("umask 077"), shell("umask 000"), shell("umask 0777"), {"modes": 0o077}, {"modes": 0}],
    "user": [user(65534)],
    "number": [user(4321), user(2000000)],
    "host": [{"wrap": ["unshare", "-u", "sh", "-c", 'hostname other.example; exec "$@"', "sh"]}],
    "place": [place("d" * 60, *["x"] * 60), place(*["deep folder"] * 40), place("ä'\"\n$(x)"), place(*["y" * 200] * 17), {"top": WORK}],
    "order": [vary(VARY_ORDER="1")] + [vary(VARY_ORDER=str(i)) for i in range(2, 12)],
    "processors": [{"wrap": ["taskset", "-c", "0"]}, {"args": ["-j1"]}, {"args": ["-j8"]}, {"wrap": ["taskset", "-c", "0"], "args": ["-j8"]}],
    "environment": [noise() for _ in range(20)],
    "addresses": [{"wrap": ["setarch", "-R"]}, {"wrap": ["setarch", "-3"]}, shell("ulimit -s unlimited")],
}
AS_ROOT = ("user", "number", "host")


def project(top, way):
    """A copy of the project, made in another order and with modes and times of its own."""
    shutil.copytree(f"{WORK}/project", f"{top}/project", symlinks=True, copy_function=shutil.copy)
    for folder, folders, files in os.walk(top, topdown=False):
        for path in [f"{folder}/{name}" for name in files + folders if not os.path.islink(f"{folder}/{name}")] + [folder]:
            if "modes" in way:
                os.chmod(path, (0o777 if os.stat(path).st_mode & 0o111 else 0o666) & ~way["modes"])
            if "touch" in way:
                os.utime(path, (way["touch"], way["touch"]))
            if "owner" in way:
                os.chown(path, way["owner"], way["owner"])


def build(way, recipe="same.lua"):
    """All that a build from nothing gives: what the user sees, and what the store calls it."""
    global serial
    serial += 1
    top = f"{way.get('top', TOP)}/jkr-same-{os.getpid()}-{serial}/{way.get('place', 'p')}"
    project(top, way)
    env = {"PATH": PATH, "HOME": top, "NO_COLOR": "1", "JKR_STORE": f"{top}/store", **way.get("env", {})}
    p = subprocess.run([*way.get("wrap", []), JKR, "run", recipe, "-q", "-o", f"{top}/out", "--format", "json", *way.get("args", [])],
                       cwd=f"{top}/project", env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    got = {}
    if p.returncode:
        got["status"] = f"{p.returncode}: {p.stderr.decode('utf-8', 'replace')}"
    else:
        said = json.loads(p.stdout)
        got.update({f"said {os.path.relpath(a['path'], f'{top}/out')}": a["sha256"] for a in said["artifacts"]})
        got.update(exported(f"{top}/out"))
        got.update(stored(f"{top}/store"))
    shutil.rmtree(f"{way.get('top', TOP)}/jkr-same-{os.getpid()}-{serial}")
    return got


def exported(out):
    got = {}
    for folder, folders, files in os.walk(out):
        for name in folders + files:
            path = os.path.join(folder, name)
            st = os.lstat(path)
            what = os.readlink(path) if stat.S_ISLNK(st.st_mode) else open(path, "rb").read() if stat.S_ISREG(st.st_mode) else ""
            got["out " + os.path.relpath(path, out)] = (oct(st.st_mode), what)
    return got


def stored(store):
    """Keys, the tree that each stands for, and every list of a layer by its bytes."""
    got = {}
    for kind in ("results", "keys", "trees", "layers"):
        for folder, folders, files in os.walk(f"{store}/{kind}"):
            if kind == "layers":
                if len(os.path.relpath(folder, store).split("/")) > 2:
                    folders.clear()
                    continue
            for name in files:
                if kind == "layers" and name.endswith(".marks"):  # inodes and times of this disk
                    continue
                with open(os.path.join(folder, name), "rb") as f:
                    data = f.read()
                keep = data
                if kind in ("results", "keys"):  # when, how long and of which log
                    keep = b"\n".join(line for line in data.splitlines() if line.split()[0] in (b"key", b"tree", b"primitive", b"step", b"epoch"))
                got[f"{kind} {name}"] = keep if kind != "layers" else hashlib.sha256(keep).hexdigest()
    return got


def differences(one, other):
    said = []
    for name in sorted(k for k in one.keys() | other.keys() if one.get(k) != other.get(k))[:12]:
        a, b = one.get(name), other.get(name)
        said.append(f"  {name}: {str(a)[:300]} | {str(b)[:300]}")
        if a and b and isinstance(a[1], bytes) and len(a[1]) < 100000:
            lines = [x[1].decode("utf-8", "replace").splitlines() for x in (a, b)]
            said += ["    " + line[:200] for line in list(difflib.unified_diff(*lines, lineterm="", n=0))[2:12]]
    return said


def both(ways):
    """Several variations at once."""
    whole = {"env": {}, "wrap": [], "args": []}
    for way in ways:
        for key, value in way.items():
            whole[key] = {**whole[key], **value} if key == "env" else whole[key] + value if key in ("wrap", "args") else value
    return whole


def tried():
    names = [name for name in VARIATIONS if ROOT or name not in AS_ROOT]
    for name in names:
        for way in VARIATIONS[name][:1] if SMALL else VARIATIONS[name]:
            yield name, way
            if not SMALL:
                yield name + " again", way
    for i in range(1 if SMALL else 30):
        some = [n for n in names if n not in ("user", "number")]
        picked = {n: r.choice(VARIATIONS[n][:1] if SMALL else VARIATIONS[n]) for n in (some if SMALL else r.sample(some, 5))}
        if ROOT:
            picked["number"] = VARIATIONS["number"][0]
        yield "+".join(picked), both(picked.values())


def control():
    """The eyes see what does differ: a date in a result, a byte of the project, and that the helpers do vary."""
    ls = lambda seed: subprocess.run(["ls", "-U", f"{WORK}/project/extra"], env={"PATH": PATH, "LD_PRELOAD": VARY, "VARY_ORDER": seed}, stdout=subprocess.PIPE).stdout
    year = lambda env: int(subprocess.run(["date", "+%s"], env={"PATH": PATH, **env}, stdout=subprocess.PIPE).stdout)
    a, b = build({}, "differs.lua"), build({}, "differs.lua")
    seen = {"a date in a result": a.get("out when") != b.get("out when") and "status" not in a,
            "the trees of it": [k for k in a if k.startswith("trees")] != [k for k in b if k.startswith("trees")],
            "its sha256": [v for k, v in a.items() if k.startswith("said")] != [v for k, v in b.items() if k.startswith("said")],
            "the order of folders": ls("1") != ls("2") and sorted(ls("1").split()) == sorted(ls("2").split()),
            "the clock": year(vary(VARY_TIME=str(400 * DAY))["env"]) - year({}) > 399 * DAY}
    for what, fine in seen.items():
        if not fine:
            print(f"same: the control does not see {what}")
    return len(seen), sum(not fine for fine in seen.values())


first = build({})
if "status" in first or not any(k.startswith("said") for k in first):
    sys.exit(f"same: the plain build fails: {first}")
cases = failed = 0
for name, way in tried():
    got = build(way)
    cases += 1
    if got != first:
        failed += 1
        print(f"same: {name} {way}: {got.get('status', 'differs')}", *differences(first, got) if "status" not in got else [], sep="\n", flush=True)
left = "" if ROOT else "; not root: user, number and host are not tried"
print(f"torture same: {cases} cases, {failed} failed ({len(VARIATIONS)} variations, {len(first)} facts each{left})")
cases, bad = control()
print(f"torture same-control: {cases} cases, {bad} failed")
sys.exit(bool(failed or bad))
