"""signals.py: stops a run by each signal at random times.

usage: signals.sh starts it in the folder of its project. For each signal and time
  the run ends within 5 s (on a busy machine as much longer as the next run takes than the fastest), by 128 + its number as a shell sees it, or had ended before
  nothing is left of it: no process, no mount, and after the next run nothing in tmp
  the next run makes the outputs of the clean run
Also: a second ctrl-c kills what ignores the first; a terminal that is stopped, or goes away; kill -9 of the
runner takes its sandboxes along at once. docker.py does the same with containers.
"""
import hashlib, os, pty, random, re, shutil, signal, subprocess, sys, time

JKR, FULL, WORK = os.environ["JKR"], os.environ["TORTURE"] == "full", os.environ["WORK"]
TIMES = int(os.environ.get("TIMES", 100 if FULL else 1))
STORE = f"{WORK}/store"
os.environ |= {"JKR_STORE": STORE, "NO_COLOR": "1"}
SIGNALS = tuple(os.environ.get("SIGNALS", "INT TERM HUP QUIT PIPE ALRM KILL").split())
LIMIT = 5.0
PLACE = os.environ.get("PLACE", "")  # of one of several that run at once
SLEEPS = f"sleep 0.071{PLACE}", f"sleep 0.173{PLACE}"
MARK = f"jkr-torture-{os.getpid()}"  # in the environment of what we start
slow = float(os.environ.get("SLOW", 1))  # a loaded machine's factor


fastest = [1e9]


class Fault(Exception):
    pass


def check(cond, text):
    if not cond:
        raise Fault(text)


def contents(folder):
    found = {}
    for at, _, files in os.walk(folder):
        for name in files:
            found[os.path.relpath(f"{at}/{name}", folder)] = hashlib.sha256(open(f"{at}/{name}", "rb").read()).hexdigest()
    return found


def start(*words, **how):
    how = {"stdout": subprocess.DEVNULL, "stderr": open("said", "w"), "stdin": subprocess.DEVNULL, "start_new_session": True} | how
    # signals that a shell in the background ignores are ours again
    return subprocess.Popen([JKR, "run", "signals.lua", "-q", "-o", "out", *words], preexec_fn=plain, **how)


def said():
    with open("said") as f:
        return f.read()[-600:]


def plain():
    for s in (signal.SIGINT, signal.SIGQUIT, signal.SIGPIPE, signal.SIGHUP):
        signal.signal(s, signal.SIG_DFL)


def processes():
    """what still runs of us: by the store, which all their working folders, arguments or mounts name"""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if int(pid) == os.getpid() or open(f"/proc/{pid}/stat", errors="replace").read().rsplit(")", 1)[1].split()[0] == "Z":
                continue
            args = open(f"/proc/{pid}/cmdline", errors="replace").read().replace("\0", " ")
            if WORK in os.readlink(f"/proc/{pid}/cwd") or WORK in open(f"/proc/{pid}/mountinfo", errors="replace").read() or args.startswith(SLEEPS):
                if "torture/" not in args:
                    found.append(f"{pid} {args[:80]}")
        except OSError:
            pass
    return found


def wait_gone(seconds):
    end = time.monotonic() + seconds
    while (left := processes()) and time.monotonic() < end:
        time.sleep(0.02)
    return left


def goes_on(clean, *words):
    """the next run; gives how much longer it took than the fastest"""
    shutil.rmtree("out", ignore_errors=True)
    begun = time.monotonic()
    p = subprocess.run([JKR, "run", "signals.lua", "-q", "-o", "out", *words], capture_output=True, text=True, timeout=120)
    took = time.monotonic() - begun
    fastest[0] = min(fastest[0], took)
    check(p.returncode == 0, f"the next run ended with {p.returncode}: {p.stderr[-300:]}")
    check(contents("out") == clean, "the next run gave other outputs")
    left = os.listdir(f"{STORE}/tmp")
    check(not left, f"left in tmp: {left}")
    check(WORK not in open("/proc/self/mountinfo").read(), "mounts are left")
    return took / fastest[0]


def ended(p, number, since, what):
    """(whether it was stopped, in how many seconds)"""
    try:
        status = p.wait(60 * slow)
    except subprocess.TimeoutExpired:
        p.kill()
        raise Fault(f"{what}: still there after {60 * slow} s")
    took = time.monotonic() - since
    got = 128 - status if status < 0 else status
    check(got in (128 + number, 0), f"{what}: exit status {got}, not {128 + number}: {said()}")
    return got != 0, took


def in_time(took, busy, what):
    check(took <= LIMIT * slow * busy, f"{what}: took {took:.1f} s, where all took {busy:.1f} times as long as ever")


def fresh_store(keep):
    """with what was built kept, a run resumes; without, it begins anew"""
    if not keep:
        shutil.rmtree(STORE, ignore_errors=True)


def one(name, clean, length):
    number = getattr(signal, f"SIG{name}")
    fresh_store(False)
    wait = random.uniform(0, length)
    p = start()
    time.sleep(wait)
    since = time.monotonic()
    p.send_signal(number)
    what = f"{name} after {wait:.3f} s"
    stopped, took = ended(p, number, since, what)
    left = wait_gone(2 * slow if name == "KILL" else 0.5 * slow)
    check(not left, f"{what}: left running: {left}")
    in_time(took, goes_on(clean), what)
    return stopped


def second_interrupt(clean, length):
    """the first one lets a step end in its time; the second does not"""
    fresh_store(False)
    open("deaf.lua", "w").write(open("signals.lua").read().split("local src ")[0] + """
return run_in_container "deaf" { "sh", "-c", "trap '' TERM INT; """ + SLEEPS[1] + """; while :; do sleep 5; done", toolchain = img }
""")
    p = subprocess.Popen([JKR, "run", "deaf.lua", "-q"], start_new_session=True, stderr=subprocess.DEVNULL, preexec_fn=plain)
    end = time.monotonic() + 20 * slow
    while not any(x.split(" ", 1)[1].startswith(SLEEPS[1]) for x in processes()) and time.monotonic() < end:
        time.sleep(0.01)
    p.send_signal(signal.SIGINT)
    time.sleep(0.3)
    check(p.poll() is None, "the first ctrl-c did not wait for what ignores TERM")
    since = time.monotonic()
    p.send_signal(signal.SIGINT)
    _, took = ended(p, signal.SIGINT, since, "second ctrl-c")
    left = wait_gone(1 * slow)
    check(not left, f"left running: {left}")
    in_time(took * LIMIT / 1.5, goes_on(clean), "the second ctrl-c")
    return True


def terminal(clean, length, how):
    """a run on a terminal that goes away, or whose user stops it and goes on"""
    fresh_store(False)
    pid, master = pty.fork()
    if not pid:
        plain()
        os.execv(JKR, [JKR, "run", "signals.lua", "-o", "out", "--progress", "tty"])
    time.sleep(random.uniform(0, length))
    since = time.monotonic()
    if how == "gone":
        os.close(master)  # the kernel sends HUP, and writes fail
    else:
        os.kill(pid, signal.SIGTSTP if how == "stopped" else signal.SIGSTOP)
        time.sleep(0.2)
        os.kill(pid, signal.SIGCONT)
    end, status, took = since + 60 * slow, None, 0
    while time.monotonic() < end and status is None:
        done, got = os.waitpid(pid, os.WNOHANG)
        status = got if done else None
        if how != "gone":
            try:
                os.set_blocking(master, False)
                os.read(master, 65536)
            except OSError:
                pass
        time.sleep(0.01)
    if status is None:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        raise Fault(f"a terminal that is {how}: the run hangs")
    code = 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
    if how != "gone":
        os.close(master)
        check(code == 0, f"a run that was {how} and went on ended with {code}")
    else:
        took = time.monotonic() - since
        check(code in (0, 129), f"a terminal that is gone: exit status {code}")
    left = wait_gone(1 * slow)
    check(not left, f"a terminal that is {how}: left running: {left}")
    in_time(took, goes_on(clean), "a terminal that is gone")
    return True


def reader_gone(clean, length):
    """whoever reads what a run says goes away"""
    fresh_store(False)
    r, w = os.pipe()
    p = start("--progress", "plain", "-v", "-v", stderr=w)
    os.close(w)
    time.sleep(random.uniform(0, length / 2))
    since = time.monotonic()
    os.close(r)
    p.wait(60 * slow)
    left = wait_gone(1 * slow)
    check(not left, f"a pipe without a reader: left running: {left}")
    goes_on(clean)
    return True


def control():
    """the probe must see a process that a run would leave"""
    p = subprocess.Popen(["sleep", "1730"], cwd=WORK, start_new_session=True)  # on a loaded machine looking takes its time
    seen = bool(processes())
    p.kill()
    p.wait()
    return seen and not wait_gone(10)


def main():
    seed = int(os.environ.get("SEED", time.time()))
    random.seed(seed)
    print(f"seed {seed}")
    begun = time.monotonic()
    p = start()
    if p.wait():
        sys.exit("the clean run failed")
    length = time.monotonic() - begun
    clean = contents("out")
    count, bad = {}, 0

    def run(name, fn, *args):
        nonlocal bad
        try:
            stopped = fn(*args, clean, length) if name not in SIGNALS else fn(name, clean, length)
        except (Fault, subprocess.TimeoutExpired) as e:
            print(f"  {name}: {e}")
            bad, stopped = bad + 1, True
            for left in processes():
                try:
                    os.kill(int(left.split()[0]), signal.SIGKILL)
                except OSError:
                    pass
        n = count.setdefault(name, [0, 0])
        n[0] += 1
        n[1] += bool(stopped)

    seen = control()
    print(f"control: a process that is left {'is seen' if seen else 'is NOT seen'}")
    bad += not seen
    for turn in range(TIMES):
        for name in SIGNALS:
            run(name, one)
        if turn % 10 == 0:
            run("second ctrl-c", second_interrupt)
            run("no reader", reader_gone)
        if turn % 5 == 0 and (FULL or turn == 0):
            for how in ("gone", "stopped", "frozen") if FULL else ("gone",):
                run(f"tty {how}", lambda c, l, how=how: terminal(c, l, how))
    total = sum(n for n, _ in count.values()) + 1
    print(f"torture signals{PLACE and '-'}{PLACE}: {total} cases, {bad} failed (stopped in time: "
          + ", ".join(f"{k} {s} of {n}" for k, (n, s) in count.items()) + ")")
    sys.exit(bad != 0)


if __name__ == "__main__":
    main()
