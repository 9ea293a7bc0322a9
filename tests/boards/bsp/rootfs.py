#!/usr/bin/env python3
"""rootfs.py: the look-alike's root file system as a tar on stdout: packages, merged /usr, and the files of rootfs/.

usage: rootfs.py EPOCH PACKAGE.deb … >rootfs.tar

What an ordinary user could not unpack is here: owners, setuid bits, device nodes, extended attributes.
"""
import io
import os
import subprocess
import sys
import tarfile

HERE = os.path.dirname(os.path.abspath(__file__))
MERGED = ("bin", "sbin", "lib")
UNWANTED = ("usr/share/doc", "usr/share/man", "usr/share/lintian", "usr/share/bash-completion", "usr/share/initramfs-tools")
APPLETS = """[ ash awk basename cat chmod chown cmp cp cut date dd df dirname dmesg echo env expr false find free grep gunzip gzip head
hostname id ifconfig init ip kill ln ls mdev mkdir mknod mktemp mount mv nc ping poweroff printf ps pwd readlink reboot rm rmdir route sed
seq sh sha256sum sleep sort stat stty sync tail tar tee test touch tr true umount uname uniq vi wc xargs zcat""".split()
FOLDERS = {
    "boot": 0o755, "dev": 0o755, "etc": 0o755, "etc/dropbear": 0o755, "home": 0o755, "mnt": 0o755, "opt": 0o755, "proc": 0o555,
    "root": 0o700, "run": 0o755, "sys": 0o555, "tmp": 0o1777, "usr": 0o755, "usr/bin": 0o755, "usr/sbin": 0o755, "usr/lib": 0o755,
    "var": 0o755, "var/log": 0o755, "var/mail": 0o2775, "var/nvidia": 0o755, "var/nvidia/nvcam": 0o755, "var/nvidia/nvcam/settings": 0o755,
    "home/ubuntu": 0o750, "lib/modules": 0o755, "lib/firmware": 0o755, "usr/local": 0o755, "usr/local/bin": 0o755,
}
OWNERS = {"var/mail": (0, 8), "var/log": (0, 4), "home/ubuntu": (1000, 1000), "home/ubuntu/.profile": (1000, 1000), "etc/shadow": (0, 42)}
MODES = {"etc/shadow": 0o640, "usr/bin/su": 0o4755, "usr/bin/chage": 0o2755}
# cap_net_raw+ep, as the kernel stores it (version 2)
CAP_NET_RAW = bytes.fromhex("0100000200200000000000000000000000000000").decode("latin-1")
DEVICES = {"dev/console": (5, 1, 0o600), "dev/null": (1, 3, 0o666), "dev/zero": (1, 5, 0o666), "dev/tty": (5, 0, 0o666)}


def merged(name):
    first, _, rest = name.partition("/")
    return "usr/" + name if first in MERGED and rest else name


class Rootfs:
    def __init__(self, epoch):
        self.epoch = epoch
        self.members = {}

    def add(self, name, kind, mode, data=b"", link="", device=(0, 0)):
        info = tarfile.TarInfo(merged(name))
        info.type, info.mode, info.size, info.linkname, info.mtime = kind, mode, len(data), link, self.epoch
        info.devmajor, info.devminor = device
        info.uid, info.gid = OWNERS.get(name, (0, 0))
        self.members[info.name] = (info, data)

    def package(self, path):
        raw = subprocess.run(["dpkg-deb", "--fsys-tarfile", path], stdout=subprocess.PIPE, check=True).stdout
        with tarfile.open(fileobj=io.BytesIO(raw)) as tar:
            for member in tar:
                name = member.name.removeprefix("./").rstrip("/")
                if not name or name in MERGED or name.startswith(UNWANTED):
                    continue
                if member.isdir():
                    self.add(name, tarfile.DIRTYPE, member.mode & 0o7777)
                elif member.issym():
                    self.add(name, tarfile.SYMTYPE, 0o777, link=member.linkname)
                elif member.isfile():
                    self.add(name, tarfile.REGTYPE, member.mode & 0o7777, tar.extractfile(member).read())

    def own(self):
        for name in MERGED:
            self.add(name, tarfile.SYMTYPE, 0o777, link="usr/" + name)
        for name, mode in FOLDERS.items():
            self.add(name, tarfile.DIRTYPE, mode)
        for name, (major, minor, mode) in DEVICES.items():
            self.add(name, tarfile.CHRTYPE, mode, device=(major, minor))
        top = os.path.join(HERE, "rootfs")
        for folder, _, files in os.walk(top):
            for file in files:
                path = os.path.join(folder, file)
                name = os.path.relpath(path, top)
                with open(path, "rb") as f:
                    self.add(name, tarfile.REGTYPE, MODES.get(name, 0o755 if os.access(path, os.X_OK) else 0o644), f.read())
        busybox = self.members["usr/bin/busybox"][1]
        for name in APPLETS:
            where = "usr/sbin/" if name in ("init", "ifconfig", "route", "mdev", "poweroff", "reboot", "ip") else "usr/bin/"
            if where + name not in self.members:
                self.add(where + name, tarfile.SYMTYPE, 0o777, link="../bin/busybox" if "sbin" in where else "busybox")
        for name in ("usr/bin/su", "usr/bin/chage"):
            self.add(name, tarfile.REGTYPE, MODES[name], busybox)
        self.members.pop("usr/bin/ping")
        self.add("usr/bin/ping", tarfile.REGTYPE, 0o755, busybox)
        self.members["usr/bin/ping"][0].pax_headers = {"SCHILY.xattr.security.capability": CAP_NET_RAW}

    def write(self, out):
        with tarfile.open(fileobj=out, mode="w|", format=tarfile.PAX_FORMAT) as tar:
            for name in sorted(self.members):
                info, data = self.members[name]
                tar.addfile(info, io.BytesIO(data))


def main():
    rootfs = Rootfs(int(sys.argv[1]))
    for path in sys.argv[2:]:
        rootfs.package(path)
    rootfs.own()
    rootfs.write(sys.stdout.buffer)


main()
