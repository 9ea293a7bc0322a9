"""swap.py: lets jkr work while swap.c swaps what it works on.

usage: swap.sh starts it in the folder of its project. The places under attack:
  work     tmp/ of the store, while untar, patch, write, edit, copy and bundle run
  project  the folder that is copied in: what is read through a link to the outside would be a leak
  export   the folder of -o
  trash    what `jkr cache gc` deletes
A run may fail under attack, never by a signal; the canary must stay as it was, and its secret stay outside.
"""
import hashlib, os, random, re, shutil, signal, subprocess, sys, time

JKR, FULL, WORK = os.environ["JKR"], os.environ["TORTURE"] == "full", os.environ["WORK"]
STORE, CANARY, SPARE = f"{WORK}/store", f"{WORK}/canary", f"{WORK}/spare"
OPERATIONS = 10_000 if FULL else 600
SECONDS = 450 if FULL else 14
os.environ |= {"JKR_STORE": STORE, "NO_COLOR": "1"}
SECRET = "the secret of the canary"
serial = well = 0


def remove(folder):
    """also what was swapped deeper than Python likes"""
    subprocess.run(["rm", "-rf", folder], stderr=subprocess.DEVNULL)


def make_canary():
    remove(CANARY)
    shutil.copytree("src", CANARY, symlinks=True)
    for at, _, files in os.walk(CANARY):
        for name in files:
            with open(f"{at}/{name}", "w") as f:
                f.write(SECRET)
    for name in ("file", "1", "new", "all"):
        open(f"{CANARY}/{name}", "w").write(SECRET)


def state():
    """all that can change: names, types, modes, owners, times, contents"""
    h = hashlib.sha256()
    for at, dirs, files in sorted(os.walk(CANARY)):
        dirs.sort()
        for name in sorted(files + dirs) + ["."]:
            st = os.lstat(f"{at}/{name}")
            h.update(repr((at, name, st.st_mode, st.st_uid, st.st_size, st.st_mtime_ns, st.st_nlink)).encode())
            if os.path.isfile(f"{at}/{name}") and not os.path.islink(f"{at}/{name}"):
                h.update(open(f"{at}/{name}", "rb").read())
    return h.hexdigest()


class Attack:
    def __init__(self, folder, depth=1):
        remove(SPARE)
        os.makedirs(SPARE)
        os.makedirs(folder, exist_ok=True)
        self.p = subprocess.Popen([f"{WORK}/swap", folder, SPARE, CANARY, str(depth)], stdout=subprocess.PIPE, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.p.terminate()
        self.swaps = int(self.p.communicate()[0] or 0)


def files_in(folder):
    return sum(len(f) + len(d) for _, d, f in os.walk(folder)) if os.path.isdir(folder) else 0


def jkr(*words):
    global well
    p = subprocess.run([JKR, *words], capture_output=True, text=True, errors="replace", timeout=120)
    well += p.returncode == 0
    return p, p.returncode < 0 or p.returncode >= 70


def fresh():
    """another name and text for the last steps; now and then nothing is cached"""
    global serial
    serial += 1
    return ["swap.lua", "-q", "-D", f"n={serial}", "--fresh"]


def leaked(folder):
    for at, _, files in os.walk(folder):
        for name in files:
            path = f"{at}/{name}"
            if not os.path.islink(path) and os.path.isfile(path) and SECRET in open(path, errors="replace").read():
                return path
    return None


def work():
    with Attack(f"{STORE}/tmp", 2) as a:
        p, wild = jkr("run", *fresh())
    return a.swaps, 4 * 63, wild and p.stderr


def project():
    remove("folder")
    shutil.copytree("src", "folder", symlinks=True)
    out = f"{WORK}/clean-out"
    remove(out)
    with Attack("folder") as a:
        p, wild = jkr("run", *fresh(), "-o", out)
    found = leaked(out)
    if found:
        wild, p.stderr = True, f"the secret is in {found}"
    return a.swaps, 2 * 63, wild and p.stderr


def export():
    out = f"{WORK}/out"
    jkr("run", "swap.lua", "-q", "-D", "n=0")
    with Attack(out) as a:
        for again in range(4):
            if again % 2 == 0:  # written whole, then what the attack left standing is looked at
                remove(f"{out}/src")
            p, wild = jkr("run", "swap.lua", "-q", "-D", "n=0", "-o", out)
            if wild:
                break
    return a.swaps, 4 * 2 * 63, wild and p.stderr


def trash():
    n = 0
    for i in range(6):
        shutil.copytree("src", f"{STORE}/trash/{i}", symlinks=True, dirs_exist_ok=True)
        n += 63
    with Attack(f"{STORE}/trash") as a:
        p, wild = jkr("cache", "gc", "-q")
    return a.swaps, n, wild and p.stderr


def naive():
    """positive control: what trusts path names is led outside, and the probe sees it"""
    before, begun = state(), time.monotonic()
    out = f"{WORK}/naive"
    with Attack(out):
        while state() == before and time.monotonic() < begun + 30:
            remove(f"{out}/src")  # what a file took the place of stays one
            for at, _, files in os.walk("src"):
                for name in files:
                    try:
                        os.makedirs(f"{out}/{at}", exist_ok=True)
                        shutil.copy(f"{at}/{name}", f"{out}/{at}/{name}")
                    except OSError:
                        pass
    seen = state() != before
    make_canary()
    return seen


def main():
    seed = int(os.environ.get("SEED", time.time()))
    random.seed(seed)
    make_canary()
    count, bad, swaps, operations = {}, 0, 0, 0
    seen = naive()
    print(f"control: a naive copy is {'led outside, and that is seen' if seen else 'NOT seen to be led outside'}")
    bad += not seen
    p, _ = jkr("run", "swap.lua", "-q")
    if p.returncode:
        sys.exit(p.stderr)
    before, end = state(), time.monotonic() + SECONDS
    places = [work, project, export, trash]
    while (operations < OPERATIONS and time.monotonic() < end) or len(count) < len(places):
        place = places[sum(count.values()) % len(places)]
        s, n, wrong = place()
        swaps, operations = swaps + s, operations + n
        count[place.__name__] = count.get(place.__name__, 0) + 1
        after = state()
        if after != before:
            wrong = "the canary changed"
            make_canary()
            before = state()
        if wrong:
            bad += 1
            print(f"  {place.__name__}: {wrong[-400:]}")
    remove("folder")
    shutil.copytree("src", "folder", symlinks=True)
    jkr("cache", "verify", "--repair", "-q")
    p, _ = jkr("run", "swap.lua", "-q")
    p2, _ = jkr("cache", "verify", "-q")
    if p.returncode or p2.returncode:
        bad += 1
        print(f"  afterwards: {p.stderr[-300:]}{p2.stdout[-300:]}")
    text = ", ".join(f"{n} {k}" for k, n in count.items())
    print(f"torture swap: {operations} cases, {bad} failed (operations in {text}; {well} runs went well; {swaps} swaps)")
    sys.exit(bad != 0)


main()
