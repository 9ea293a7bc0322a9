"""control: extractors without any care, and programs that sin, in place of jkr: the probe must see what they do."""
import archives
import case as cases
import packed
import world

NAIVE = {
    "tarfile": ["/usr/bin/python3", "-c", "import tarfile; tarfile.open('x.tar').extractall('../out')"],
    "tar -P": ["tar", "-P", "-C", "../out", "-xf", "x.tar"],
    "a loop over a zip": ["/usr/bin/python3", "-c", "import zipfile; z = zipfile.ZipFile('x.tar')\nfor n in z.namelist(): open('../out/' + n, 'wb').write(z.read(n))"],
}
SINS = {  # what the probe says of each
    "secret": "cat /etc/shadow >&2; exit 1",
    "signal": "kill -SEGV $$",
    "leftover": "setsid sleep 60 & exit 1",
    "message": "printf 'error[E0402]: \\033[31mred\\n' >&2; exit 1",
    "code": "echo 'error[E0001]: x' >&2; exit 2",
    "status": "exit 0",
    "stored": "mkdir -p ../store/results; echo >../store/results/$(printf %064d 0)",
    "late": "sleep 100",
    "memory": "exec /usr/bin/python3 -c 'x = bytearray(700 << 20)'",
    "escape": "touch /canary/evil; rm /canary/evil",
}
ESCAPES = 12  # that the careless extractors show at least


def restore():
    import os
    import shutil
    for folder in ("/canary", "/w/evil", "/evil"):
        shutil.rmtree(folder, ignore_errors=True)
        if os.path.isfile(folder):
            os.unlink(folder)
    world.build()


def controls(probe):
    """how many controls there were, and how many of them the probe did not see"""
    seen, bad, n = 0, 0, 0
    hostile = [c for part in (archives.climbs, archives.links, packed.zips) for c in part() if c.refused and "x.tar" in c.files]
    for name, argv in NAIVE.items():
        for i, c in enumerate(hostile):
            c.id = f"control-{name[:4].strip()}-{i}"
            faults, _ = probe.one(c, argv, judged=False)
            seen += any(f.startswith("escape") for f in faults)
            restore()
    n += 1
    if seen < ESCAPES:
        print(f"control: careless extractors showed {seen} escapes, {ESCAPES} expected")
        bad += 1
    else:
        print(f"careless extractors showed {seen} escapes")
    for what, script in SINS.items():
        if what == "memory" and probe.limits.loose:
            continue  # the sanitizers take more of it themselves
        c = cases.refuse(f"control-{what}", what, "E0402", recipe="x\n", seconds=0.5 if what == "late" else 10)
        faults, _ = probe.one(c, ["/bin/sh", "-c", script])
        restore()
        n += 1
        if not any(f.startswith(what) for f in faults):
            print(f"control: the probe did not see {what}: {faults}")
            bad += 1
    return n, bad
