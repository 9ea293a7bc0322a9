"""docker.py: what signals.py and wild.sh ask of bwrap, asked of docker.

usage: docker.sh starts it in the folder of its project.
  each signal at random times: the run ends in time, and no container is left; after SIGKILL the next run, which
  goes on, removes it
  a step over a limit is stopped and the message names it; no container, no volume and no mount is left
"""
import os, random, shutil, subprocess, sys, time

from signals import JKR, LIMIT, SIGNALS, WORK, Fault, check, contents, ended, fresh_store, goes_on, start
import signal

TIMES = int(os.environ.get("TIMES", 10))
BACKEND = ("--backend", "docker")
LIMITS = (  # name, seconds, what the message says, parameters, script
    ("memory", 12, "more than its `memory` of 64 MiB", 'memory = "64M", timeout = 60', "cat /dev/zero | tail -c 400M"),
    ("processes", 10, "more than its `processes` of 50", "processes = 50, timeout = 60",
     "i=0; while [ $i -lt 400 ]; do i=$((i + 1)); sleep 100 & done; wait"),
    ("bomb", 12, "its `processes`", "processes = 300, timeout = 60", "f() { f | f & f | f; }; f"),
    ("timeout", 7, "after 2 s, its `timeout`", "timeout = 2", "exec sleep 1000000"),
    ("deaf", 7, "after 2 s, its `timeout`", "timeout = 2", 'trap "" TERM INT HUP QUIT; while :; do sleep 1000; done'),
    ("daemon", 7, "after 2 s, its `timeout`", "timeout = 2", "setsid sh -c 'sleep 1000' & sleep 1000"),
    ("line", 9, "after 3 s, its `timeout`", "timeout = 3", "exec cat /dev/zero"),
)


def docker(*words):
    return subprocess.run(["docker", *words], capture_output=True, text=True).stdout.strip()


def engine():
    """(our own engine or None, why there is none)"""
    if not shutil.which("docker"):
        return None, "docker is not installed (apt install docker.io)"
    if os.environ.get("DOCKER_HOST"):
        return None, "" if docker("info") else f"no engine answers at {os.environ['DOCKER_HOST']}"
    os.environ["PATH"] += ":/usr/sbin"
    if os.geteuid() or not shutil.which("dockerd"):
        return None, "needs root and dockerd (apt install docker.io), or $DOCKER_HOST"
    at = os.path.dirname(WORK) + "/engine"  # not below $WORK, by which mounts of ours are told
    os.makedirs(at, exist_ok=True)
    os.environ["DOCKER_HOST"] = f"unix://{at}/sock"
    with open(f"{at}/log", "w") as log:
        own = subprocess.Popen(["dockerd", "--iptables=false", "--ip6tables=false", "--bridge=none", f"--data-root={at}/data",
                                f"--exec-root={at}/exec", f"--pidfile={at}/pid", f"--host={os.environ['DOCKER_HOST']}"],
                               stdout=log, stderr=log, start_new_session=True)
    for _ in range(300):
        if subprocess.run(["docker", "info"], capture_output=True).returncode == 0:
            return own, ""
        if own.poll() is not None:
            break
        time.sleep(0.1)
    own.kill()
    with open(f"{at}/log") as log:
        return None, "dockerd does not start here: " + log.read().strip().splitlines()[-1][-120:]


def beside(image):
    """how long this machine takes now for a container that does nothing: what any of them is forgiven thrice"""
    begun = time.monotonic()
    docker("run", "--rm", "--network=none", image, "/bin/true")
    return 3 * (time.monotonic() - begun)


def nothing_left(what):
    left = docker("ps", "-a", "--filter", "label=jkr.run", "--format", "{{.Names}} {{.Status}}")
    check(not left, f"{what}: a container is left: {left}")
    left = docker("volume", "ls", "-q")
    check(not left, f"{what}: a volume is left: {left}")
    with open("/proc/self/mountinfo") as f:
        check(WORK not in f.read(), f"{what}: a mount is left")


def stopped(name, image, clean, length):
    forgiven = beside(image)
    number = getattr(signal, f"SIG{name}")
    fresh_store(False)
    wait = random.uniform(0, length)
    what = f"{name} after {wait:.3f} s"
    p = start(*BACKEND)
    time.sleep(wait)
    since = time.monotonic()
    p.send_signal(number)
    was, took = ended(p, number, since, what)
    if name != "KILL":
        nothing_left(what)
    goes_on(clean, *BACKEND)
    check(took <= LIMIT + forgiven, f"{what}: took {took:.1f} s")
    nothing_left(what + ", then another run")
    return was


def limited(image, name, seconds, want, parameters, script):
    seconds += beside(image)
    with open("signals.lua") as f:
        head = f.read().split("local src ")[0]
    with open(f"{name}.lua", "w") as f:
        f.write(f'{head}return run_in_container "{name}" {{ "sh", "-c", [==[{script}]==], toolchain = img, {parameters} }}\n')
    begun = time.monotonic()
    p = subprocess.run([JKR, "run", f"{name}.lua", "-q", *BACKEND], capture_output=True, text=True, timeout=180)
    took = time.monotonic() - begun
    check(p.returncode == 1 and want in p.stderr, f"{name}: no `{want}` in what ends with {p.returncode}: {p.stderr[:400]}")
    check(took <= seconds, f"{name}: took {took:.1f} s of {seconds:.1f}")
    nothing_left(name)
    return True


def control(image):
    """a container and a volume that are left are seen, and so is a step below its limits"""
    docker("run", "-d", "--name", "left", "--label", "jkr.run=0", "--network=none", "-v", "/left", image, "/bin/sleep", "60")
    seen = False
    try:
        nothing_left("control")
    except Fault:
        seen = True
    docker("rm", "-f", "-v", "left")
    try:
        limited(image, "free", 30, "more than its", 'memory = "64M", processes = 50, timeout = 60', "for i in 1 2 3; do sleep 0.1 & done; wait; exit 1")
        seen = False
    except Fault as e:
        seen = seen and "exited with 1" in str(e)
    return seen


def main():
    own, why = engine()
    if why:
        print(f"torture docker: skipped ({why})")
        return 0
    count, bad = {}, 0
    try:
        version = docker("version", "--format", "{{.Server.Version}}")
        if start(*BACKEND).wait():
            print("docker: the clean run fails")
            return 1
        clean = contents("out")
        fresh_store(False)
        begun = time.monotonic()
        start(*BACKEND).wait()
        length = time.monotonic() - begun
        image = docker("images", "--filter", "label=jkr.image", "--format", "{{.Repository}}:{{.Tag}}").split()[0]
        cases = [("control", lambda: check(control(image), "what is left, or what is within limits, is NOT seen"))]
        cases += [(f"limit {c[0]}", lambda c=c: limited(image, *c)) for c in LIMITS]
        cases += [(name, lambda name=name: stopped(name, image, clean, length)) for _ in range(TIMES) for name in SIGNALS]
        for name, case in cases:
            n = count.setdefault(name.split()[0], [0, 0])
            n[0] += 1
            try:
                n[1] += bool(case())
            except (Fault, subprocess.TimeoutExpired) as e:
                print(f"  {name}: {e}", flush=True)
                bad += 1
                for left in docker("ps", "-aq", "--filter", "label=jkr.run").split():
                    docker("rm", "-f", "-v", left)
    finally:
        if own:
            own.terminate()
            own.wait()
    total = sum(n for n, _ in count.values())
    print(f"torture docker: {total} cases, {bad} failed (engine {version}; stopped in time: "
          + ", ".join(f"{k} {s} of {n}" for k, (n, s) in count.items() if k != "control") + ")")
    return bad != 0


sys.exit(main())
