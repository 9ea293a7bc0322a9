"""leaks.py: runs leaks.lua from many places and looks at what its step saw; prints counts. See leaks.sh."""
import hashlib, os, random, socket, subprocess, sys, tarfile

JKR, WORK = os.environ["JKR"], os.environ["WORK"]
SMALL = os.environ.get("TORTURE") == "small"
PATH = os.environ["PATH"]
r = random.Random(11)
decoy = socket.socket(socket.AF_UNIX)
decoy.bind("\0jkr-decoy")
decoy.listen(64)

HOSTILE = {
    "EN-001": {"LUA_INIT": "error('x')", "LUA_INIT_5_4": "os.exit(3)", "LUA_PATH": "/x/?.lua", "LUA_CPATH": "/x/?.so"},
    "EN-002": {"LUA_INIT": "@/nonexistent"}, "EN-003": {"TAR_OPTIONS": "--help", "GZIP": "-9", "XZ_OPT": "-9", "TAPE": "/x"},
    "EN-004": {"GIT_DIR": "/x", "GIT_CONFIG_GLOBAL": "/x", "GIT_SSH_COMMAND": "false", "GIT_INDEX_FILE": "/x"},
    "EN-005": {"MAKEFLAGS": "-n", "MFLAGS": "-n", "MAKEFILES": "/x"}, "EN-006": {"CC": "false", "CFLAGS": "-bad", "ARCH": "x"},
    "EN-007": {"LC_ALL": "tr_TR.UTF-8", "LANG": "xx", "TZ": "Asia/Kathmandu"}, "EN-008": {"TMPDIR": "/nonexistent"},
    "EN-009": {"PATH": PATH + "::."}, "EN-010": {"HOME": "/nonexistent", "USER": "x", "LOGNAME": "y"},
    "EN-011": {"HOSTNAME": "x", "DISPLAY": ":0", "SSH_AUTH_SOCK": "/x"}, "EN-012": {"LD_LIBRARY_PATH": "/nonexistent", "BASH_ENV": "/x", "ENV": "/x"},
    "EN-013": {"SOURCE_DATE_EPOCH": "garbage"}, "EN-014": {"x" * 30000: "y" * 30000, "A B": "c", "": "z"},
}
SHELL = {
    "umask 000": "umask 000", "umask 077": "umask 077", "low limits": "ulimit -S -n 256; ulimit -S -s 2048; ulimit -S -c 0",
    "low hard limits": "ulimit -n 256; ulimit -s 2048",
    "descriptors": "; ".join(f"exec {fd}</etc/passwd" for fd in range(3, 10)), "no stdin": "exec <&-",
    "no stdout": "exec >&-", "no stderr": "exec 2>&-", "none of three": "exec <&- >&- 2>&-",
    "deleted folder": "mkdir -p gone; cd gone; rmdir ../gone", "ignored signals": "trap '' INT TERM QUIT HUP PIPE CHLD",
    "nice": "renice -n 5 $$ >/dev/null",
}


def noise():
    return {f"{r.choice('ABCDEFG_')}{r.randrange(9)}{r.choice(['', 'PATH', '_DIR', 'FLAGS'])}": "".join(chr(r.randrange(32, 255)) for _ in range(r.randrange(50))) for _ in range(r.randrange(30))}


def run(name, env=None, shell=":", inner=(), serial=[0]):
    serial[0] += 1
    store, out = f"{WORK}/store-{serial[0]}", f"{WORK}/out-{serial[0]}"
    project = os.getcwd()
    command = [*inner, "bash", "-c", shell + '; exec "$@"', "bash", JKR, "run", f"{project}/leaks.lua", "-q", "-o", out]
    full = {"PATH": PATH, "HOME": WORK, "NO_COLOR": "1", **(env or {}), "JKR_STORE": store}
    full = {k: v for k, v in full.items() if k and "=" not in k}
    extra = [os.open("/etc/passwd", os.O_RDONLY) for _ in range(27)] if name == "descriptors" else []
    p = subprocess.run(command, env=full, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, pass_fds=extra)
    for fd in extra:
        os.close(fd)
    seen = None
    for folder, _, files in os.walk(out):
        for f in files:
            seen = open(os.path.join(folder, f), "rb").read()
    keys = sorted(os.listdir(f"{store}/steps")) if os.path.isdir(f"{store}/steps") else []
    return seen, keys, p.stderr


def without_limits(seen):
    return b"\n".join(line for line in (seen or b"").splitlines() if not line.startswith(b"rlimit "))


def same():
    first = run("plain")
    if not first[0]:
        sys.exit(f"leaks: the step does not run: {first[2].decode()}")
    ways = [(n, e, ":", ()) for n, e in HOSTILE.items()] + [(n, None, s, ()) for n, s in SHELL.items()]
    if os.geteuid() == 0:
        ways.append(("groups", None, ":", ("setpriv", "--groups=4,24,27,100")))
    if SMALL:
        ways = ways[1:2] + [w for w in ways if w[0] in ("low limits", "low hard limits", "umask 077") or w[3]]
    ways += [(f"random {i}", noise(), ":", ()) for i in range(1 if SMALL else 150)]
    failed = 0
    for name, env, shell, inner in ways:
        got = run(name, env, shell, inner)
        if name == "low hard limits":  # who may not raise them again runs with them
            got = (without_limits(got[0]), got[1], got[2]) if without_limits(got[0]) != without_limits(first[0]) else first
        if got[0] != first[0] or got[1] != first[1]:
            failed += 1
            print(f"leaks: {name}: differs: {got[2][:300]!r}")
            for line in sorted(set((got[0] or b"").splitlines()) ^ set(first[0].splitlines()))[:8]:
                print(f"  {line!r}")
    print(f"torture leaks-same: {len(ways)} cases, {failed} failed ({len(HOSTILE)} of EN-001…014 known)")
    return first[0], failed


def seen_only(seen):
    """What the step saw, against what it is given."""
    lines = seen.decode("utf-8", "replace").splitlines()
    pick = lambda word: [line[len(word) + 1:] for line in lines if line.startswith(word + " ")]
    image = {("/" + m.name.removeprefix("./")).rstrip("/") for m in tarfile.open("image.tar")}
    given = {"/jkr/given/" + n for n in os.listdir("in")}
    known = {"/dev/" + n for n in ("null", "zero", "full", "random", "urandom", "tty", "ptmx", "console", "fd", "stdin", "stdout", "stderr", "core", "pts/ptmx")}
    files = {line.split(" ", 1)[1] for line in pick("file")}
    more = {f for f in files - image - given - known if not f.startswith(("/bin/", "/jkr/out/"))}
    outside = [f for f in more if f != "/bin"]
    may = {"/etc/passwd", "/etc/group", "/usr/bin/python3"} & image
    questions = {
        "descriptors are 0 to 2": pick("fd") == ["0", "1", "2"],
        "no abstract socket": pick("abstract") == ["0"],
        "no interface but lo": set(pick("interface")) <= {"lo"},
        "no raw network": True,
        "umask 22": pick("umask") == ["22"],
        "uid 0": pick("uid") == ["0 0 gid 0"],
        # who may drop groups has none; an ordinary user's show as nogroup
        "no groups of the caller": pick("groups") == ["0 named 0"] if os.geteuid() == 0 else [p.split()[-1] for p in pick("groups")] == ["0"],
        "host name": pick("host") == ["jkr (none)"],
        "no tiocsti": pick("tiocsti") == ["0"], "no terminal": pick("tty") == ["0"], "no ptrace": pick("ptrace-parent") == ["0"],
        "no key": pick("keyring") == ["0"], "no device": pick("mknod") == ["0"],
        "few processes": [int(n) <= 3 for n in pick("processes")] == [True],
        "no secret": not [d for d in pick("decoy") if d.startswith("SECRET")],
        "variables": {e.split("=")[0] for e in pick("env")} == VARIABLES,
        "no file but the given": not outside,
    }
    read = [d.split(" ", 1)[1] for d in pick("decoy") if d.split(" ", 1)[1] not in may and d.split(" ", 1)[1] not in ALLOWED]
    questions["no decoy"] = not read
    for what, fine in questions.items():
        if not fine:
            print(f"leaks: {what}: no; {pick('fd')} {pick('umask')} {pick('uid')} {pick('groups')} {pick('host')} {pick('processes')} "
                  f"{sorted(e.split('=')[0] for e in pick('env'))} {sorted(outside)[:20]} {read} {[l for l in lines if l.split()[0] in ('tty','tiocsti','userns','keyring','mknod','ptrace-parent')]}")
    count = len(questions) + len(open("in/decoys").readlines()) + len(files)
    return count, sum(not fine for fine in questions.values())


VARIABLES = set("""HOME KBUILD_BUILD_HOST KBUILD_BUILD_TIMESTAMP KBUILD_BUILD_USER KBUILD_BUILD_VERSION LC_ALL LOGNAME PATH
PWD SOURCE_DATE_EPOCH TZ USER""".split())
# the sandbox's own processes 1 and 2; what the kernel shows in every /proc, of no file and of no other process
ALLOWED = {"/proc/1/maps", "/proc/2/environ", "/proc/keys", "/proc/timer_list"}
seen, bad = same()
count, failed = seen_only(seen)
# positive control: without a sandbox the same program sees the secrets, and files that were not given, to its end
out = subprocess.run(["in/look", "in/decoys", "/etc"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE).stdout
if not all(word in out for word in (b"decoy SECRET", b"file r /etc/passwd", b"session ")):
    failed += 1
    print("leaks: the control sees no secret")
print(f"torture leaks-seen: {count} cases, {failed} failed (questions, decoys and files)")
sys.exit(bool(bad or failed))
