"""world: the canary tree, and what changed in it.

The probe runs in a root of its own (inputs.sh makes it by bubblewrap), where all but /usr can be written, so that an escape
succeeds and is seen. Nothing here may change but what a case owns: its store and its folder for results.
"""
import os
import stat

SECRET = "canary-5ecre7"     # part of every file that no message and no result may show
W = "/w"                     # the ground on which cases stand
APART = {"/etc/alternatives", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/usr", "/proc", "/proc.host", "/dev", "/lib", "/lib32", "/lib64", "/libx32", "/bin", "/sbin"}

CANARIES = {
    "/etc/passwd": f"root:x:0:0:{SECRET}:/root:/bin/sh\n",
    "/etc/shadow": f"root:{SECRET}:1::::::\n",
    "/etc/hostname": f"{SECRET}\n",
    "/etc/group": f"root:x:0:{SECRET}\n",
    "/root/.ssh/id_ed25519": f"{SECRET}\n",
    "/root/.profile": f"# {SECRET}\n",
    "/canary/file": f"{SECRET}\n",
    "/canary/deep/er/file": f"{SECRET}\n",
    "/canary/script": f"#!/bin/sh\n# {SECRET}\n",
    "/tmp/canary": f"{SECRET}\n",
    "/var/lib/canary": f"{SECRET}\n",
    "/victim": f"{SECRET}\n",
    "/w/victim": f"{SECRET}\n",
    "/w/canary": f"{SECRET}\n",
}


def build():
    for path, text in CANARIES.items():
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as f:
            f.write(text)
        os.utime(path, (1_600_000_000, 1_600_000_000))
    os.chmod("/canary/script", 0o750)
    os.chmod("/canary/deep", 0o711)
    os.chmod("/etc/shadow", 0o600)
    os.chmod("/tmp", 0o1777)


def mark(path):
    """what a file is, with its content, times and owners; ctime shows also what was undone"""
    st = os.lstat(path)
    kind = stat.S_IFMT(st.st_mode)
    what = ""
    if kind == stat.S_IFREG and st.st_size < 1 << 20:
        with open(path, "rb") as f:
            what = f.read()
    elif kind == stat.S_IFLNK:
        what = os.readlink(path)
    return (st.st_ino, st.st_mode, st.st_uid, st.st_gid, st.st_nlink, st.st_size, st.st_rdev, st.st_mtime_ns, st.st_ctime_ns, what)


def look(root, leave):
    """path: mark, of all below root but what is left out"""
    seen = {}

    def walk(folder):
        for entry in os.scandir(folder):
            if entry.path in leave:
                continue
            seen[entry.path] = mark(entry.path)
            if entry.is_dir(follow_symlinks=False):
                walk(entry.path)

    seen[root] = mark(root)
    walk(root)
    return seen


def differences(before, after):
    names = ["inode", "mode", "uid", "gid", "links", "size", "device", "mtime", "ctime", "content"]
    out = [f"escape: {p!r} is new" for p in after.keys() - before.keys()]
    out += [f"escape: {p!r} is gone" for p in before.keys() - after.keys()]
    for p in before.keys() & after.keys():
        if before[p] != after[p]:
            changed = [n for n, a, b in zip(names, before[p], after[p]) if a != b]
            out.append(f"escape: {p!r} has another {', '.join(changed)}")
    return sorted(out)


def mounts():
    with open("/proc/self/mountinfo") as f:
        return sorted(line.split()[4] for line in f)


def processes():
    return {int(p) for p in os.listdir("/proc") if p.isdigit()}
