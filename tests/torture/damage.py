"""damage.py: damages the files of a store one after the other, and looks what jkr makes of it.

usage: damage.sh starts it in the folder of its project; KIND… as in the table that it prints. Each file is damaged in each way, once for each of
  verify   `jkr cache verify` names it, --repair sets it aside, the next run makes the outputs of the clean run
  run      plan and run on the damaged store: the outputs of the clean run or a sentence, never others;
           what was refused is made good by the next runs
  use      a run whose last steps are others reads what is damaged: the same
  warm     sources changed: what the build folder is damaged in must not make an old output
TORTURE=small takes a file of each kind and a few ways.
"""
import functools, hashlib, http.server, os, pathlib, random, re, shutil, signal, subprocess, sys, threading, time

JKR, FULL, WORK = os.environ["JKR"], os.environ["TORTURE"] == "full", os.environ["WORK"]
SECONDS = 15  # of a small share
STORE = f"{WORK}/store"
OWN = ("layers/", "trees/", "results/", "keys/")  # what verify looks at
os.environ["JKR_STORE"] = STORE
os.environ["NO_COLOR"] = "1"
serial = 1


def jkr(*words):
    p = subprocess.run([JKR, *words], capture_output=True, text=True, errors="replace", timeout=120)
    if p.returncode < 0 or p.returncode >= 128:
        raise Fault(f"jkr {' '.join(words)} ended with {p.returncode}: {p.stderr[-400:]}")
    return p


class Fault(Exception):
    pass


def on_alarm(*_):
    raise Fault("hangs")


signal.signal(signal.SIGALRM, on_alarm)


def check(cond, text):
    if not cond:
        raise Fault(text)


def contents(folder):
    """what is in a folder: names (of -D n=… without n) and bytes"""
    found = []
    for at, dirs, files in os.walk(folder):
        for name in files + [d for d in dirs if os.path.islink(f"{at}/{d}")]:
            path = f"{at}/{name}"
            data = os.readlink(path).encode() if os.path.islink(path) else open(path, "rb").read()
            rel = re.sub(r"-\d+(\.tar)?$", r"\1", os.path.relpath(path, folder))
            found.append((rel, hashlib.sha256(data).hexdigest()))
    return sorted(found)


def outputs(*words):
    """runs; the outputs, or None and what was said when it failed"""
    shutil.rmtree("out", ignore_errors=True)
    p = jkr("run", "damage.lua", "-q", "-o", "out", *words)
    return (contents("out"), p.stderr) if p.returncode == 0 else (None, p.stderr)


# --- the ways of damage: each says whether it changed anything


def rewrite(change):
    def way(path, _):
        if os.path.islink(path) or not os.path.isfile(path):
            return False
        old, st = open(path, "rb").read(), os.stat(path)
        new = change(bytearray(old))
        if bytes(new) == old:
            return False
        with open(path, "r+b") as f:  # in place, and with the time that it had: the sneakiest
            f.truncate(0)
            f.write(new)
        os.utime(path, ns=(st.st_mtime_ns, st.st_mtime_ns))
        return True

    return way


def flip(where):
    def change(b):
        if b:
            b[where(len(b))] ^= 1
        return b

    return rewrite(change)


def remove(path):
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    else:
        os.unlink(path)


def replaced(put):
    def way(path, other):
        keep = os.lstat(os.path.dirname(path)).st_mtime_ns
        remove(path)
        put(path)
        os.utime(os.path.dirname(path), ns=(keep, keep))
        return True

    return way


def swap(path, other):
    if not other or os.path.islink(path) or os.path.islink(other) or not os.path.isfile(path):
        return False
    a, b = open(path, "rb").read(), open(other, "rb").read()
    if a == b:
        return False
    return rewrite(lambda _: b)(path, None) and rewrite(lambda _: a)(other, None)


def mode(path, _):
    if os.path.islink(path):
        return False
    os.chmod(path, 0)
    return True


def mtime(path, _):
    os.utime(path, (5, 5), follow_symlinks=False)
    return True


def stray(path, _):
    keep = os.lstat(path).st_mtime_ns
    open(f"{path}/stray", "w").write("stray")
    os.utime(path, ns=(keep, keep))
    return True


FILE_WAYS = {
    "truncate": rewrite(lambda b: b""),
    "half": rewrite(lambda b: b[: len(b) // 2]),
    "first": flip(lambda n: 0),
    "middle": flip(lambda n: n // 2),
    "last": flip(lambda n: -1),
    "append": rewrite(lambda b: b + b"\n"),
    "delete": replaced(lambda p: None),
    "folder": replaced(os.mkdir),
    "link": replaced(lambda p: os.symlink("/etc/passwd", p)),
    "fifo": replaced(os.mkfifo),
    "mode": mode,
    "swap": swap,
    "time": mtime,
}
FOLDER_WAYS = {
    "delete": replaced(lambda p: None),
    "file": replaced(lambda p: open(p, "w").write("file")),
    "link": replaced(lambda p: os.symlink("/etc", p)),
    "time": mtime,
    "stray": stray,
}


def harmless(kind, way):
    """what changes nothing that is promised: times outside of layers, modes for root, history, notes for a reader"""
    if way == "time" and kind not in ("layer file", "image"):
        return True  # a folder's own time is its mark: a wrong one is hashed
    if way == "mode" and os.geteuid() == 0 and kind not in ("layer file", "image"):
        return True
    return False


def kind_of(rel):
    parts = rel.split("/")
    if parts[0] == "layers":
        if rel.endswith((".list", ".marks")):
            return rel.rsplit(".", 1)[1]
        if len(parts) == 3:
            return "layer folder"
        return "image" if os.path.isdir(f"{STORE}/{'/'.join(parts[:3])}/usr") else "layer file"
    if parts[0] == "warm":
        return "warm lock" if rel.endswith(".lock") else None if len(parts) > 2 and parts[2] == "d" else "warm note"
    return {"trees": "tree", "results": "record", "keys": "key", "steps": "history", "lock": "lock", "format": "format",
            "logs": "log"}.get(parts[0])


def objects():
    """kind → paths below the store"""
    found = {}
    for at, dirs, files in os.walk(STORE):
        rel = os.path.relpath(at, STORE)
        if re.fullmatch(r"layers/../[0-9a-f]{64}", rel):
            found.setdefault("layer folder", []).append(rel)
        for name in files + [d for d in dirs if os.path.islink(f"{at}/{d}")]:
            path = os.path.normpath(f"{rel}/{name}")
            if kind_of(path):
                found.setdefault(kind_of(path), []).append(path)
    return {k: sorted(v) for k, v in sorted(found.items())}


# --- what must hold


def made_good(words, clean):
    """runs until it goes well; every result on the way is the clean run's or none"""
    for turn in range(5):
        out, said = outputs(*words)
        if out is not None:
            check(out == clean, f"turn {turn} gave other outputs: {sorted(set(out) ^ set(clean))[:4]}")
            return turn
        check(re.search(r"error\[E0(8\d\d|30\d)\]", said), f"failed without saying what is damaged: {said[-300:]}")
    raise Fault(f"never made good: {said[-300:]}")


def whole():
    p = jkr("cache", "verify", "-q")
    check(p.returncode == 0, f"is not whole afterwards: {p.stdout[:300]} {p.stderr[:200]}")


def found_late(rel, way, clean):
    """what nobody needed is found by verify, and made good by repair and run"""
    p = jkr("cache", "verify")
    if p.returncode == 0:
        return
    # what is gone is named by who needs it, and a swap damages two
    check(rel in p.stdout or (way in ("swap", "delete") and p.stdout), f"verify names others: {p.stdout[:300]}")
    jkr("cache", "verify", "--repair", "-q")
    out, said = outputs()
    check(out == clean, f"other outputs after the repair: {said[-300:]}")
    whole()


def refused_format(rel):
    """a number that is another format's is refused until a person looks"""
    if rel != "format":
        return False
    p = jkr("plan", "damage.lua", "-q")
    if p.returncode == 0:
        return False
    check("E0807" in p.stderr, p.stderr)
    remove(f"{STORE}/format")
    open(f"{STORE}/format", "w").write("jkr store 1\n")
    return True


def is_needed(tree):
    """whether a record names it; the tree of a project's folder is only kept to be found again"""
    name = os.path.basename(tree).encode()
    return any(name in p.read_bytes() for p in pathlib.Path(f"{STORE}/results").glob("*/*") if p.is_file())


def arm_verify(rel, kind, way, clean):
    p = jkr("cache", "verify")
    if rel.startswith(OWN) and not harmless(kind, way):
        # what is gone is a miss, unless others need it
        gone = way == "delete" and (kind in ("record", "key", "marks") or (kind == "tree" and not is_needed(rel)))
        check(gone or p.returncode == 3, f"verify ended with {p.returncode}: {p.stderr}")
        named = rel in p.stdout or (way == "delete" and kind in ("tree", "layer folder", "list") and p.stdout)
        check(gone or named, f"verify did not name it: {p.stdout[:300]}")
        jkr("cache", "verify", "--repair", "-q")
        whole()
    out, said = outputs()
    check(out == clean, f"other outputs after the repair: {said[-300:]}")


def arm_run(rel, kind, way, clean):
    p = jkr("plan", "damage.lua")
    check(p.returncode == 0, f"plan ended with {p.returncode}: {p.stderr[-300:]}")
    made_good([], clean)


def arm_use(rel, kind, way, clean):
    global serial
    serial += 1
    p = jkr("plan", "damage.lua", "-D", f"n={serial}")
    check(p.returncode == 0, f"plan ended with {p.returncode}: {p.stderr[-300:]}")
    made_good(["-D", f"n={serial}"], clean)
    made_good([], clean)


def arm_warm(rel, kind, way, clean):
    """a source that changed, and that changed back, with the note damaged in between"""
    text = {"a": "b", "b": "a"}
    for name in ("one", "two"):
        now = text[open(f"{name}/in").read().strip()]
        open(f"{name}/in", "w").write(now + "\n")
    out, said = outputs()
    check(out is not None, f"failed: {said[-300:]}")
    for name, file in (("one", "out"), ("two", "two")):
        wanted = open(f"{name}/in").read() + f"{name}\n"
        got = open(f"out/{file}").read()
        check(got == wanted, f"an old output: {got!r} for {wanted!r}")


ARMS = {"warm note": [arm_warm, arm_run], "warm lock": [arm_warm], "log": [arm_run], "history": [arm_run], "lock": [arm_run, arm_verify],
        "format": [arm_run]}


def apply(rel, kind, way, kinds):
    others = [x for x in kinds[kind] if x != rel and os.path.isfile(f"{STORE}/{x}")]
    other = random.choice(others) if others else None
    ways = FOLDER_WAYS if kind == "layer folder" else FILE_WAYS
    return ways[way](f"{STORE}/{rel}", other and f"{STORE}/{other}")


def mend():
    """a good store again, whatever happened: the next case must not suffer"""
    shutil.rmtree(STORE, ignore_errors=True)
    subprocess.run(["cp", "-a", f"{WORK}/pristine", STORE], check=True)
    for name in ("one", "two"):
        open(f"{name}/in", "w").write("a\n")


def case(arm, rel, kind, way, kinds, clean):
    """True: held, False: not, None: this way cannot be"""
    if not os.path.lexists(f"{STORE}/{rel}"):
        mend()
    signal.alarm(100)
    try:
        if not apply(rel, kind, way, kinds):
            return None
        if not refused_format(rel):
            arm(rel, kind, way, clean)
        if arm is arm_warm:
            arm(rel, kind, way, clean)  # and back again
        found_late(rel, way, clean)
        return True
    except (Fault, subprocess.TimeoutExpired, OSError) as e:
        print(f"  {arm.__name__[4:]} {kind} {way} {rel}: {e}")
        mend()
        return False


def controls(clean, kinds):
    """the probe must see damage that is used: outputs of a store that nobody checks"""
    rel = next(x for x in kinds["layer file"] if x.endswith("README"))
    apply(rel, "layer file", "middle", kinds)
    naive = "naive"
    shutil.copytree("out", naive)
    shutil.copy(f"{STORE}/{rel}", f"{naive}/README")
    seen = contents(naive) != clean
    shutil.rmtree(naive)
    mend()
    return seen


def cases(kinds):
    for kind, paths in kinds.items():
        ways = list(FOLDER_WAYS if kind == "layer folder" else FILE_WAYS)
        arms = ARMS.get(kind, [arm_verify, arm_run, arm_use])
        chosen = paths
        if kind in ("image", "log", "history", "lock"):
            chosen = random.sample(paths, min(len(paths), 6))
        if not FULL:
            chosen = random.sample(paths, 1)
        for rel in chosen:
            for way in ways:
                for arm in arms:
                    yield arm, rel, kind, way


def main():
    seed = int(os.environ.get("SEED", time.time()))
    random.seed(seed)
    print(f"seed {seed}")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory="web")
    handler.log_message = lambda *_: None
    http.server.SimpleHTTPRequestHandler.log_message = lambda *_: None
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    recipe = pathlib.Path("damage.lua")
    recipe.write_text(recipe.read_text().replace("@PORT@", str(server.server_port)))
    clean, said = outputs()
    if clean is None:
        sys.exit(said)
    jkr("cache", "verify")
    subprocess.run(["cp", "-a", STORE, f"{WORK}/pristine"], check=True)
    kinds = {k: v for k, v in objects().items() if k == "layer file" or k in sys.argv[1:] or not sys.argv[1:]}
    seen = controls(clean, kinds)
    print(f"control: outputs with a damaged file are {'told from clean ones' if seen else 'taken for clean'}")
    todo = list(cases(kinds))
    end = time.monotonic() + (1e9 if FULL else SECONDS)
    if not FULL:
        random.shuffle(todo)
    count, bad = {}, 0 if seen else 1
    for arm, rel, kind, way in todo:
        if time.monotonic() > end:
            break
        held = case(arm, rel, kind, way, kinds, clean)
        if held is not None:
            count[kind] = count.get(kind, 0) + 1
            bad += not held
    text = ", ".join(f"{n} {k}" for k, n in sorted(count.items()))
    print(f"torture damage: {sum(count.values()) + 1} cases, {bad} failed ({text})")
    sys.exit(bad != 0)


main()
