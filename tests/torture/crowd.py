"""crowd.py: 8 runs at a time on one store, half of their keys the same; gc and verify run in between, and once a
second a run is killed. Then the same where each run has process ids of its own (unshare -pf).

usage: crowd.sh starts it. What must hold:
  a run that was not killed ends well, with the outputs that its recipe says, within 30 s
  whoever waits for another run says so
  a key that is published again has the same tree
  afterwards the store is whole, nothing is left in tmp, and every recipe has nothing to do or builds as before
"""
import collections, hashlib, os, random, re, shutil, signal, subprocess, sys, threading, time

JKR, FULL, WORK = os.environ["JKR"], os.environ["TORTURE"] == "full", os.environ["WORK"]
STORE = f"{WORK}/store"
BUILDS = 1000 if FULL else 40
SECONDS = 400 if FULL else 12
RUNNERS, SHARED, LIMIT = 8, 4, 30 * float(os.environ.get("SLOW", 1))
os.environ |= {"JKR_STORE": STORE, "NO_COLOR": "1"}
lock = threading.Lock()
count = collections.Counter()
faults = []
trees = {}  # key → trees that were published for it
running = {}
projects = {}
ended = threading.Event()


def fault(text):
    with lock:
        faults.append(text)
        print("  " + text, flush=True)


def project(n):
    """recipe n: half of its steps are those of all others, half its own; its text says what must come out"""
    at = f"{WORK}/project/{n}"
    if n in projects:
        return projects[n]
    os.makedirs(at)
    lines = []
    for i in range(SHARED):
        lines.append(f'local s{i} = write "s{i}" {{ path = "shared/{i}", text = ("shared {i} " .. "{n % 3}\\n"):rep(2000) }}')
        lines.append(f'local o{i} = write "o{i}" {{ path = "own/{i}", text = ("own {i} {n}\\n"):rep(2000) }}')
    both = ", ".join(f"s{i}, o{i}" for i in range(SHARED))
    lines.append(f'local all = bundle "all" {{ {both} }}')
    lines.append('return { pack "pack" { all, name = "all.tar" }, all }')
    open(f"{at}/r.lua", "w").write("\n".join(lines) + "\n")
    wanted = {}
    for i in range(SHARED):
        wanted[f"shared/{i}"] = f"shared {i} {n % 3}\n" * 2000
        wanted[f"own/{i}"] = f"own {i} {n}\n" * 2000
    projects[n] = at, wanted
    return projects[n]


def built(out, wanted):
    for path, text in wanted.items():
        try:
            if open(f"{out}/{path}").read() != text:
                return f"{path} is wrong"
        except OSError as e:
            return str(e)
    return None


def command(apart, *words):
    return (["unshare", "-pf", "--kill-child", "--mount-proc"] if apart else []) + [JKR, *words]


def take_events(text):
    for m in re.finditer(r'\{"event":"end".*\}', text):
        tree, key = re.search(r'"tree":"([0-9a-f]+)"', m[0]), re.search(r'"key":"([0-9a-f]+)"', m[0])
        if tree and key:
            with lock:
                trees.setdefault(key[1], set()).add(tree[1])
    if "another run works on it" in text:
        count["waited for another run"] += 1


def build(who, n, apart):
    at, wanted = project(n)
    out = f"{WORK}/out/{who}"
    subprocess.run(["rm", "-rf", out])
    p = subprocess.Popen(command(apart, "-C", at, "run", "r.lua", "-o", out, "--progress", "json", "-j2"),
                         stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True)
    with lock:
        running[who] = p
    try:
        said = p.communicate(timeout=LIMIT)[1]
    except subprocess.TimeoutExpired:
        stack = subprocess.run(f"cat /proc/{p.pid}/wchan; ls -l /proc/{p.pid}/fd | grep lock", shell=True, capture_output=True, text=True).stdout
        fault(f"run {n} hangs for more than {LIMIT} s: {stack}")
        os.killpg(p.pid, signal.SIGKILL)
        p.communicate()
        return
    finally:
        with lock:
            running.pop(who, None)
    take_events(said)
    if p.returncode in (-9, 137):
        count["killed"] += 1
        return
    if p.returncode:
        fault(f"run {n} ended with {p.returncode}: {said[-500:]}")
        return
    count["built"] += 1
    wrong = built(out, wanted)
    if wrong:
        fault(f"run {n}: {wrong}")


def runner(who, apart, todo):
    while not ended.is_set():
        with lock:
            if todo[0] <= 0:
                return
            todo[0] -= 1
        build(who, random.randrange(24), apart)


def beside(apart, *words):
    """gc, verify: again and again"""
    while not ended.wait(0.05):
        p = subprocess.run(command(apart, *words), capture_output=True, text=True, timeout=LIMIT * 4)
        count[words[1]] += 1
        if p.returncode:
            fault(f"{' '.join(words)} ended with {p.returncode}: {p.stdout[-300:]}{p.stderr[-300:]}")


def killer(apart):
    while not ended.wait(1):
        with lock:
            p = random.choice(list(running.values())) if running else None
        if p:
            try:
                os.killpg(p.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass


def crowd(builds, seconds, apart):
    ended.clear()
    todo = [builds]
    others = [threading.Thread(target=beside, args=(apart, "cache", "gc", "-q", *more)) for more in ((), ("--max-size", "200K"))]
    others += [threading.Thread(target=beside, args=(apart, "cache", "verify", "-q")), threading.Thread(target=killer, args=(apart,))]
    runners = [threading.Thread(target=runner, args=(who, apart, todo)) for who in range(RUNNERS)]
    for t in others + runners:
        t.start()
    end = time.monotonic() + seconds
    for t in runners:
        t.join(max(0.1, end - time.monotonic()))
    ended.set()
    for t in others + runners:
        t.join()


def afterwards():
    for key, found in trees.items():
        if len(found) > 1:
            fault(f"key {key} has {len(found)} trees")
    for n in range(24):
        build(0, n, False)
    p = subprocess.run([JKR, "cache", "verify"], capture_output=True, text=True)
    if p.returncode:
        fault(f"the store is not whole: {p.stdout[-300:]}")
    left = os.listdir(f"{STORE}/tmp")
    if left:
        fault(f"left in tmp: {left}")


def control():
    """the probe must see a wrong object: one that was changed behind the store's back"""
    for n in range(24):
        project(n)
    at, wanted = project(0)
    out = f"{WORK}/out/control"
    subprocess.run([JKR, "-C", at, "run", "r.lua", "-q", "-o", out], check=True)
    open(f"{out}/own/0", "a").write("x")
    return built(out, wanted) is not None


def main():
    seed = int(os.environ.get("SEED", time.time()))
    random.seed(seed)
    seen = control()
    print(f"seed {seed}\ncontrol: a wrong output is {'seen' if seen else 'NOT seen'}")
    if not seen:
        faults.append("control")
    crowd(BUILDS * 3 // 4, SECONDS * 3 / 4, False)
    if subprocess.run(["unshare", "-pf", "--mount-proc", "true"], capture_output=True).returncode == 0:
        before = count["built"]
        crowd(BUILDS // 4, SECONDS / 4, True)
        count["of those with process ids of their own"] = count["built"] - before
    else:
        print("skipped: runs with process ids of their own: not allowed here")
    during = count["built"]
    afterwards()
    count["built"] = during
    cases = count["built"] + count["killed"]
    print(f"torture crowd: {max(cases, len(faults))} cases, {len(faults)} failed ({', '.join(f'{v} {k}' for k, v in count.items())})")
    sys.exit(bool(faults))


main()
