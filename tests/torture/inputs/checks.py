"""checks: trees that a check of a recipe or `jkr audit` looks at, and that are made to mislead or to hurt it."""
import json
import os

from case import LARGE, accept, refuse
from elfs import module

TREE = 'local t = copy "t" { "t" }\n'
DONE = "return t\n"
MENU = "boot/extlinux/extlinux.conf"
GOOD = "LABEL primary\n  LINUX /boot/Image\n  APPEND root=/dev/sda1\n"
KO = "lib/modules/6.1.0-x/"


def check(call, **more):
    """a recipe with one check over the folder t"""
    return {"recipe": TREE + call + "\n" + DONE, "keeps": 1, **more}


def root(**files):
    return {"t/etc/hostname": "x\n", "t/boot/Image": "kernel\n", **{"t/" + name: what for name, what in files.items()}}


def bad(id, what, says, files, call, **more):
    return refuse(id, what, says, files=root(**files), **check(call, **more))


AT = "lib/modules/6.12.5/"
SOUND = {MENU: GOOD, "boot/Image": b"\0Linux version 6.12.5 (jkr@jkr) #1 SMP\n\0", AT + "kernel/hello.ko": module(), AT + "modules.dep": "kernel/hello.ko:\n"}


def tree(id, what, says, files, **more):
    """`jkr audit` on a root file system that jkr did not make, and that is sound but for this"""
    return refuse(id, what, says, files=root(**{**SOUND, **files}), **{"run": ["audit", "t", "-q"], "place": "`", **more})


def deep(path):
    for _ in range(300):
        path += "/d"
        os.mkdir(path)


def sparse(size):
    def make(path):
        with open(path, "wb") as f:
            f.truncate(size)
    return make


def recipes():
    yield accept("CK-000", "what is as it was asked for", files=root(**{MENU: GOOD}), **{**check(f'extlinux_check "c" {{ t }}\nfile_check "f" {{ t, present = "etc/*", find = "^(.*)$", is = "x" }}'), "keeps": 0}, small=True)
    yield bad("CK-001", "a label with escapes and a forged message", ["E1305"], {MENU: "LABEL \x1b[31mx\x07 error[E0001]: forged %s%n\n  LINUX /nope\n  APPEND root=/dev/sda1\n"}, 'extlinux_check "c" { t }', small=True)
    yield bad("CK-002", "a menu of 20000 labels", ["E0567|E1305"], {MENU: "".join(f"LABEL l{i}\n  LINUX /boot/Image\n" for i in range(20000))}, 'extlinux_check "c" { t }')
    yield bad("CK-003", "a menu of 2 MB", ["E1301", MENU], {MENU: "#" * (2 << 20)}, 'extlinux_check "c" { t }')
    yield bad("CK-004", "60000 arguments of one name", ["E1305", "root="], {MENU: "LABEL a\n  LINUX /boot/Image\n  APPEND " + "root=/dev/sda1 " * 60000 + "\n"}, 'extlinux_check "c" { t }')
    yield bad("CK-005", "a menu of zeros", ["E0567"], {MENU: bytes(1000)}, 'extlinux_check "c" { t }')
    yield bad("CK-006", "a kernel that climbs out of the root file system", ["E1305", "not there"], {MENU: GOOD.replace("/boot/Image", "/../../../../etc/passwd")}, 'extlinux_check "c" { t }')
    yield bad("CK-007", "a kernel that links to itself", ["E1305", "not there"], {MENU: GOOD.replace("Image", "loop"), "boot/loop": ("link", "loop")}, 'extlinux_check "c" { t }')
    yield bad("CK-008", "a kernel that is an absolute link to a file of the host", ["E1305", "not there"], {MENU: GOOD.replace("Image", "out"), "boot/out": ("link", "/usr/bin/python3")}, 'extlinux_check "c" { t }', small=True)
    yield bad("CK-010", "modules.dep names files outside", ["E1306", "modules.dep"], {KO + "kernel/a.ko": "x", KO + "modules.dep": "../../../../etc/passwd:\n/etc/shadow: x\n"}, 'module_check "m" { t, indexed = true }', mistakes=2)
    yield bad("CK-011", "modules.dep of 200000 lines", ["E1306"], {KO + "kernel/a.ko": "x", KO + "modules.dep": "".join(f"kernel/m{i}.ko:\n" for i in range(200000))}, 'module_check "m" { t, indexed = true }', mistakes=2)
    yield bad("CK-012", "a module whose name is 250 bytes and holds escapes", ["E1306"], {KO + "kernel/" + "\x1b[31m" * 40 + ".ko": "x"}, 'module_check "m" { t, loadable = "b" }')
    yield bad("CK-020", "a manifest that is no JSON", ["E0902", "BUILD_MANIFEST"], {"BUILD_MANIFEST.json": "{"}, 'manifest_check "m" { t }')
    yield bad("CK-021", "a manifest nested 100000 deep", ["E0902", "BUILD_MANIFEST"], {"BUILD_MANIFEST.json": "[" * 100000}, 'manifest_check "m" { t }', small=True)
    yield bad("CK-022", "a manifest whose outputs are a number", ["E1205"], {"BUILD_MANIFEST.json": '{"outputs": 5}'}, 'manifest_check "m" { t }')
    yield bad("CK-023", "a manifest with a hash of 63 digits", ["E1205"], {"BUILD_MANIFEST.json": json.dumps({"outputs": [{"path": "a", "sha256": "0" * 63}]})}, 'manifest_check "m" { t }')
    yield bad("CK-024", "a manifest that lists 50000 files that are not there", ["E1202", "more files"], {"BUILD_MANIFEST.json": json.dumps({"outputs": [{"path": f"\x1b[31m{i}", "sha256": "0" * 64} for i in range(50000)]})}, 'manifest_check "m" { t }', mistakes=6)
    yield bad("CK-030", "an overlay of 4 bytes", ["E0602"], {"o.dtbo": b"\xd0\r\xfe\xed"}, 'overlay_check "o" { t / "o.dtbo", base = t / "o.dtbo" }')
    yield bad("CK-031", "one overlay that is many files", ["E1302"], {"a": "a", "b": "b"}, 'overlay_check "o" { t, base = t }')
    yield bad("CK-040", "an expression that tries everything", ["E1304"], {"x": "a" * 60000 + "\n"}, 'file_check "f" { t, present = "x", find = "^(a|aa|aaa)*b$" }')
    yield bad("CK-041", "a value with escapes", ["E1304"], {"x": "v \x1b[31m\u202e%s%n\n"}, 'file_check "f" { t, present = "x", find = "v (.*)", is = "y" }')
    yield bad("CK-042", "a million values", ["E1304"], {"x": "".join(f"v {i}\n" for i in range(1000000 if LARGE else 1000))}, 'file_check "f" { t, present = "x", find = "v (.*)", is = "y" }', mistakes=8)
    yield bad("CK-043", "an expression that is none", ["E0565"], {}, 'file_check "f" { t, find = "(" }', keeps=0)
    yield bad("CK-044", "a pattern of 5000 bytes", ["E1302"], {}, 'file_check "f" { t, present = ("*"):rep(5000) }')


def folders():
    yield accept("CK-100", "a root file system that is sound", files=root(**SOUND), run=["audit", "t", "-q"])
    yield tree("CK-101", "a file without end that is called a module", ["E0702", "too large"], {AT + "kernel/hello.ko": sparse(1 << 40)}, small=True)
    yield tree("CK-102", "a fifo in place of the menu", ["E1301", "is no file"], {MENU: ("fifo",)}, small=True)
    yield tree("CK-103", "a fifo that is called a module", ["E1306", "no modules"], {AT + "kernel/hello.ko": ("fifo",)}, place="lib/modules")
    yield tree("CK-104", "folders nested 300 deep", ["E1301"], {"top": lambda path: (os.mkdir(path), deep(path))}, place="cannot read the folder")
    yield tree("CK-105", "a kernel that is a link out", ["E1305", "not there"], {"boot/Image": ("link", "/usr/bin/python3")}, small=True)
    yield tree("CK-106", "a kernel without end", ["E1301", "larger"], {"boot/Image": sparse(1 << 40)})
    yield tree("CK-107", "a manifest without end", ["E1301", "larger"], {"BUILD_MANIFEST.json": sparse(1 << 40)})
    yield tree("CK-108", "a device tree without end", ["E1301", "larger"], {"boot/a.dtb": sparse(1 << 40)})
    yield tree("CK-109", "names that a terminal obeys", ["E1303"], {"etc/ssh/ssh_host_\x1b[31m\n_key": "x"}, small=True)
    yield tree("CK-110", "a release of escapes and formats", ["E1304"], {"boot/Image": b"\0Linux version 6%s%n\xe2\x80\xae (x)\0"})
    yield tree("CK-111", "a module that the configuration beside it would not load", ["E0701"], {"boot/config-6.12.5": "".join(f"CONFIG_{s}=y\n" for s in ("X86", "X86_64", "64BIT", "SMP", "MODULES"))})
    yield accept("CK-112", "a configuration that is too large is none", files=root(**{**SOUND, "boot/config-6.12.5": sparse(1 << 40)}), run=["audit", "t", "-q"])
    yield tree("CK-113", "the link to the headers leads into itself", ["E1306"], {AT + "build": ("link", "build"), AT + "kernel/more.ko": "x"}, mistakes=2)
    yield accept("CK-114", "a menu that is a link to a file of the host", files=root(**{**SOUND, MENU: ("link", "/etc/passwd")}), run=["audit", "t", "-q"])


def cases():
    yield from recipes()
    yield from folders()
