"""archives: tar members that want out, that are no files, that lie about themselves, or that are merely odd."""
from case import LARGE, accept, refuse
from tars import body, file, folder, hard, head, long, octal, pax, record, symlink, tar, zipped

UNTAR = 'return untar "src" { "x.tar" }\n'
ROOTFS = 'return untar "src" { "x.tar", rootfs = true }\n'


def bad(id, what, data, *says, recipe=UNTAR, **more):
    return refuse(id, what, list(says), files={"x.tar": data}, recipe=recipe, **more)


def good(id, what, data, out=None, *says, recipe=UNTAR, **more):
    return accept(id, what, says, files={"x.tar": data}, recipe=recipe, out=out, show=bool(says), **more)


def climbs():
    leaves = "leaves the tree"
    yield bad("AR-010", "entry ../evil", tar(file("ok"), file("../evil")), "E0403", "x.tar", "entry 2 `../evil`", leaves, small=True)
    yield bad("AR-011", "entry a/b/../../../evil", tar(file("a/b/../../../evil")), "E0403", "entry 1", leaves)
    yield bad("AR-011a", "entry a/../b, which stays inside: refused all the same", tar(file("a/../b")), "E0403", "entry 1", "`a/../b`")
    yield bad("AR-012", "ten ../ then the canary", tar(file("../" * 10 + "canary/file")), "E0403", "entry 1", leaves)
    yield bad("AR-013", "absolute path", tar(file("/canary/ar013")), "E0403", "ar013", "is an absolute path", small=True)
    yield bad("AR-013a", "absolute path with many slashes", tar(file("///canary/ar013")), "E0403", "ar013")
    yield bad("AR-015", "name is exactly ..", tar(folder("..", mode=0o700)), "E0403", "`..`")
    yield bad("AR-015a", "name is exactly ../", tar(folder("../", mode=0o700)), "E0403", "`../`")
    yield bad("AR-015b", "empty name", tar(file("")), "E0403", "entry 1")
    yield bad("AR-016", "pax path= carries the ../", tar(pax(path="../evil"), file("innocent")), "E0403", "`../evil`")
    yield bad("AR-017", "GNU long name carries the ../", tar(long("../evil"), file("innocent")), "E0403", "`../evil`")
    yield bad("AR-018", "ustar prefix=.. name=evil", tar(file("evil", prefix="..")), "E0403", "`../evil`")
    yield bad("AR-019", "zip entry ../../evil", zipped([("../../evil", "x")]), "E0403", "`../../evil`", small=True)
    yield bad("AR-021", "zip backslashes ..\\..\\evil: read as slashes", zipped([("..\\..\\evil", "x")]), "E0403", "`../../evil`")
    yield good("AR-021b", "zip backslashes that stay inside", zipped([("a\\b", "x")]), {"a/b": "x"})
    yield bad("AR-021a", "zip entry with a drive and a slash", zipped([("/canary/zip", "x")]), "E0403", "is an absolute path")
    yield bad("AR-022", "escape that appears only after strip", tar(file("x/../../evil")), "E0403", "entry 1",
              recipe='return untar "src" { "x.tar", strip = 1 }\n')
    yield good("AR-023", "global pax header sets a climbing path for every entry: a path is of one entry, so it is not taken", tar(
        pax(kind=b"g", path="../evil"), file("a"), file("b")), {"a": "x", "b": "x"})
    yield bad("AR-024", "into and strip do not hide it", tar(file("x/../../../../../w/evil")), "E0403",
              recipe='return untar "src" { "x.tar", strip = 1, into = "deep/er" }\n')
    yield bad("AR-025", "the same through `only`", tar(file("a/ok"), file("a/../../evil")), "E0403", "entry 2",
              recipe='return untar "src" { "x.tar", only = "a" }\n')


def links():
    through = "goes through the symlink"
    yield bad("AR-030", "symlink to the canary, then a file through it", tar(symlink("d", "/canary"), file("d/evil")), "E0404", "entry 2",
              through, small=True)
    yield bad("AR-031", "symlink .. then a file through it", tar(symlink("d", ".."), file("d/evil")), "E0404", through)
    yield bad("AR-032", "two hops: a -> .., b -> a/.., then b/evil", tar(symlink("a", ".."), symlink("b", "a/.."), file("b/evil")), "E0404",
              through)
    yield good("AR-033", "symlink f to the canary, then a file f: the file takes the link's place, as with tar", tar(
        symlink("f", "/canary/file"), file("f", "mine")), {"f": "mine"}, small=True)
    yield bad("AR-034", "symlink d to the canary, then folder d with mode 0777", tar(symlink("d", "/canary"), folder("d", mode=0o777)),
              "E0404", "is already a symlink")
    yield bad("AR-035", "hard link to an absolute file, then write it", tar(hard("h", "/canary/file"), file("h", "evil")), "E0405",
              "/canary/file", small=True)
    yield bad("AR-036", "hard link to ../../victim", tar(hard("h", "../../victim")), "E0405", "leaves the tree")
    yield bad("AR-037", "hard link whose target is a symlink to the canary", tar(symlink("l", "/canary/file"), hard("h", "l"), file("h", "x")),
              "E0405", "no earlier file")
    yield bad("AR-038", "hard link through a symlinked folder", tar(symlink("d", "/canary"), hard("h", "d/file")), "E0405")
    yield bad("AR-039", "hard link to itself", tar(hard("h", "h")), "E0405", "no earlier file")
    yield good("AR-040", "hard link to a file, which is then replaced: the link keeps what it was made of", tar(
        file("a", "one"), hard("b", "a"), file("a", "two")), {"a": "two", "b": "one"})
    yield bad("AR-042", "folder replaced by a symlink between two entries", tar(folder("d/"), symlink("d", "/canary"), file("d/x")), "E0404",
              "would replace the folder")
    yield bad("AR-042a", "the same where the folder is only implied", tar(file("d/y"), symlink("d", "/canary"), file("d/x")), "E0404",
              "would replace the folder")
    yield bad("AR-043", "symlink to /proc/self/cwd/../.. then write", tar(symlink("d", "/proc/self/cwd/../.."), file("d/evil")), "E0404",
              through)
    hops = "abcdefghijklmnop"
    yield bad("AR-046", "symlink chain whose path exceeds PATH_MAX", tar(
        symlink("a", "d" * 100), *(pax(linkpath=f"{hops[i - 1]}/" + "/".join(["d" * 250] * 15)) + symlink(hops[i], "x") for i in range(1, 16)),
        file("p/evil")), "E0404", "goes through the symlink")
    yield bad("AR-047", "hard link to a deeper symlink that is made again higher up", tar(
        folder("a/"), folder("a/b/"), symlink("a/b/l", "../../victim"), hard("l", "a/b/l"), file("l", "evil")), "E0405")
    yield good("AR-048", "a symlink that points out, and nothing behind it: kept as it is", tar(symlink("l", "/canary/file")),
               {"l": ("link", "/canary/file")})
    yield good("AR-049", "symlinks in a circle", tar(symlink("a", "b"), symlink("b", "a")), {"a": ("link", "b"), "b": ("link", "a")})
    yield bad("AR-049a", "a file below symlinks in a circle", tar(symlink("a", "b"), symlink("b", "a"), file("a/x")), "E0404", through)
    yield bad("AR-049b", "an empty symlink", tar(symlink("a", "")), "E0402", "entry 1")
    yield good("AR-066", "links with the names of marks that tools leave (.jkr-ok, .jkr.lock)", tar(
        symlink(".jkr-ok", "/canary/file"), symlink(".jkr.lock", "/canary/file")),
        {".jkr-ok": ("link", "/canary/file"), ".jkr.lock": ("link", "/canary/file")})
    yield good("AR-067", "the marks of overlayfs as ordinary names: .wh.x and .wh..wh..opq", tar(file(".wh.x", "a"), file(".wh..wh..opq", "b")),
               {".wh.x": "a", ".wh..wh..opq": "b"})


def specials():
    yield bad("AR-050", "character device 1:3", tar(head("null", b"3", mode=0o666, dev=(1, 3))), "E0406", "`null` is a device", small=True)
    yield bad("AR-050a", "character device 0:0, which is overlayfs's mark of a deletion", tar(head("wh", b"3", dev=(0, 0))), "E0406", "`wh`")
    yield bad("AR-051", "block device 8:0 mode 0666", tar(head("sda", b"4", mode=0o666, dev=(8, 0))), "E0406", "`sda` is a device")
    yield bad("AR-052", "fifo", tar(head("f", b"6")), "E0406", "`f` is a fifo")
    yield bad("AR-053", "fifo, then a file of the same name (open would hang)", tar(head("f", b"6"), file("f")), "E0406", "entry 1")
    yield good("AR-053a", "devices and fifos of a root file system: in the list, never on disk", tar(
        head("null", b"3", mode=0o666, dev=(1, 3)), head("f", b"6"), file("a", "a")), {"a": "a"},
        recipe='local root = untar "src" { "x.tar", rootfs = true }\nreturn root / "a"\n', after=no_specials)
    yield good("AR-054", "setuid root file", tar(file("su", "x", mode=0o4755)), {"su": "x"}, "setuid", after=no_specials)
    yield good("AR-054a", "setuid file of a root file system: in the list, never on disk", tar(file("su", "x", mode=0o4755)), {"su": "x"},
               recipe=ROOTFS, after=no_specials)
    yield good("AR-055", "setgid, sticky, world-writable folder", tar(folder("d/", mode=0o7777), file("d/x")), {"d/x": "x"}, after=no_specials)
    yield good("AR-056", "file capability as an xattr", tar(pax(SCHILY__xattr__security__capability=b"\1\0\0\2\0\40\0\0" + bytes(12)),
               file("cap")), {"cap": "x"}, after=no_specials)
    yield good("AR-057", "trusted.overlay marks as xattrs of a root file system", tar(
        pax(SCHILY__xattr__trusted__overlay__opaque="y", SCHILY__xattr__user__overlay__redirect="/canary"), folder("d/"), file("d/x")),
        {"d/x": "x"}, recipe=ROOTFS, after=no_specials)
    yield good("AR-058", "POSIX ACL that gives everyone rwx", tar(pax(SCHILY__acl__access="user::rwx,group::rwx,other::rwx,mask::rwx"),
               file("acl")), {"acl": "x"}, after=no_specials)
    yield good("AR-059", "immutable and append flags", tar(pax(SCHILY__fflags="schg,sappnd"), file("imm")), {"imm": "x"})
    yield good("AR-060", "uid and gid 2147483647, uname root", tar(file("u", uid=2147483647, gid=2147483647, uname="root")), {"u": "x"},
               after=no_specials)
    yield bad("AR-060a", "uid 2^32, which cut to 32 bits is root, in a root file system", tar(file("u", uid=1 << 32)), "E0402", "entry 1", recipe=ROOTFS)
    yield good("AR-061", "mtime year 2099", tar(file("t", mtime=4_070_908_800)), {"t": "x"}, after=no_future)
    yield good("AR-061a", "mtime before 1970", tar(file("t", mtime=-100_000)), {"t": "x"})
    yield good("AR-062", "file without any permission", tar(file("t", mode=0)), {"t": "x"})
    yield good("AR-062a", "folder without any permission, with a file in it", tar(folder("d/", mode=0), file("d/x")), {"d/x": "x"})
    yield good("AR-065", ".git/hooks/post-checkout and .git/config in a source tarball: files like others, never run", tar(
        file(".git/hooks/post-checkout", "#!/bin/sh\ntouch /canary/evil\n", mode=0o755), file(".git/config", "[core]\nfsmonitor=touch /canary/e\n")),
        {".git/hooks/post-checkout": "#!/bin/sh\ntouch /canary/evil\n", ".git/config": "[core]\nfsmonitor=touch /canary/e\n"})


def layers_of(project):
    import os
    for folder_, _, files in os.walk(f"{project}/../store/layers"):
        for name in files + [folder_]:
            yield os.path.join(folder_, name) if name is not folder_ else folder_


def no_specials(result, project):
    """nothing in the store is dangerous: plain, of the user, without xattrs but the marks of overlayfs"""
    import os
    import stat
    found = []
    for path in layers_of(project):
        st = os.lstat(path)
        if stat.S_ISCHR(st.st_mode) and st.st_rdev == 0:
            continue
        if not (stat.S_ISREG(st.st_mode) or stat.S_ISDIR(st.st_mode)) or st.st_mode & 0o7002:
            found.append(f"danger: {path} has mode {st.st_mode:o} in the store")
        if st.st_uid != os.getuid():
            found.append(f"danger: {path} is of user {st.st_uid} in the store")
        if os.listxattr(path, follow_symlinks=False):
            found.append(f"danger: {path} has {os.listxattr(path)} in the store")
    return found


def no_future(result, project):
    import os
    import time
    return [f"time: {p} is of the future" for p in layers_of(project) if os.lstat(p).st_mtime > time.time() + 60]


def lies():
    yield bad("AR-070", "declared size 2^62, 3 bytes of data", tar(head("f", size=1 << 62), body("abc")), "E0407", "max_size")
    yield bad("AR-070a", "declared size 2^63-1", tar(head("f", size=(1 << 63) - 1), body("abc")), "E0402")
    yield bad("AR-071", "size field of letters", tar(head("f", size_field=b"abcdefghijk\0"), body("abc")), "E0402")
    yield bad("AR-072", "negative base-256 size", tar(head("f", size=-512), body("abc")), "E0402")
    sparse = dict(GNU__sparse__major="1", GNU__sparse__minor="0", GNU__sparse__name="f")
    yield bad("AR-074", "GNU sparse 1.0: 1 TiB, no data", tar(pax(**sparse, GNU__sparse__realsize=str(1 << 40)), head("f", size=512), body("0\n")),
              "E0407", "max_size")
    yield bad("AR-075", "GNU sparse 1.0: map beyond the real size, overlapping", tar(pax(**sparse, GNU__sparse__realsize="100"),
              head("f", size=1536), body("2\n5000\n512\n100\n512\n"), body("x"), body("y")), "E0402", "entry 1")
    yield bad("AR-076", "GNU sparse 1.0: map of a billion pieces", tar(pax(**sparse, GNU__sparse__realsize="100"), head("f", size=1024),
              body("1000000000\n" + "0\n" * 200)), "E0402")
    yield good("AR-077", "pax size= says 0 while ustar says 1536, with a nested header: POSIX lets pax win, as GNU tar does", tar(
        pax(size="0"), head("f", size=1536), file("nested", "evil"), end=1536), {"f": "", "nested": "evil"})
    yield bad("AR-078", "wrong header checksum", tar(file("a"), b"X" + head("b")[1:]), "E0402")
    yield bad("AR-080", "truncated inside file data", head("f", size=5000) + body("abc"), "E0402", "entry 1", small=True)
    yield bad("AR-081", "truncated inside a header", file("a") + head("b")[:300], "E0402")
    yield bad("AR-082", "no end-of-archive blocks: files may be missing, so it is refused", tar(file("a"), end=0), "E0402", "entry 1")
    yield bad("AR-090", "bit flip in file data: only the sha256 can catch it", tar(file("a", "y")), "E0409", recipe='return untar "src" { "x.tar", sha256 = "%s" }\n' % ("0" * 64))
    yield bad("AR-091", "0-byte file", b"", "E0401", "x.tar", small=True)
    yield bad("AR-091a", "one byte", b"x", "E0401")
    yield bad("AR-091b", "512 bytes of zeros", bytes(512), "E0411")
    yield bad("AR-092", "empty archive (two zero blocks): a source without files is a mistake", tar(), "E0411", "x.tar")
    yield bad("AR-092a", "only a folder ./", tar(folder("./")), "E0411")
    yield good("AR-093", "trailing garbage after the end: tar ignores it too", tar(file("a")) + b"garbage " * 200, {"a": "x"})
    yield good("AR-095", "second archive with ../evil behind the end: not read", tar(file("a"), end=1024) + tar(file("../evil")), {"a": "x"})
    yield good("AR-100", "the same file twice: the last counts, with a note, as with tar", tar(file("a", "one"), file("a", "two")), {"a": "two"},
               "`a`")
    yield good("AR-101", "a folder twice, with another mode", tar(folder("d/"), folder("d/", mode=0o700), file("d/x")), {"d/x": "x"})
    yield bad("AR-102", "a file, then a folder of its name", tar(file("d"), file("d/x")), "E0404", "lies below `d`")
    yield bad("AR-103", "a folder with a file, then a file of its name", tar(file("d/x"), file("d")), "E0404", "entry 2")
    yield good("AR-104", "an unknown type of member: a file, as POSIX wants", tar(head("v", b"Z", size=3), body("abc")), {"v": "abc"})
    yield bad("AR-150", "mtree text under a .tar name", b"#mtree\n./f type=file size=1099511627776 mode=0644\n./g type=file contents=/etc/shadow\n",
              "E0401", small=True)
    yield bad("AR-151", "cpio under a .tar name", b"070701" + b"0" * 104 + b"TRAILER!!!\0", "E0401")
    yield bad("AR-152", "a shell script", b"#!/bin/sh\ntouch /canary/evil\n", "E0401")
    yield bad("AR-152a", "a web page", b"<!DOCTYPE html><title>Sign in</title>" * 30, "E0401", "x.tar")


def names():
    n = 100_000 if LARGE else 100
    many = b"".join(head(f"d{i % 100}/f{i}") for i in range(n))
    yield bad("AR-105", "100000 empty files, 50000 allowed", tar(many), "E0407", "max_files",
              recipe='return untar "src" { "x.tar", max_files = 50000 }\n')
    yield good("AR-105a", "100000 empty files, as a kernel has", tar(many), recipe='local s = untar "src" { "x.tar" }\nreturn s / "d0/f100"\n')
    yield bad("AR-111", "a component of 5000 bytes", tar(long("a" * 5000), file("x")), "E0403", "entry 1", "longer than 4095 bytes")
    yield bad("AR-111a", "a component of 256 bytes", tar(long("a" * 256), file("x")), "E0403", "255 bytes")
    yield good("AR-112", "a component of 255 bytes", tar(long("a" * 255), file("x")), {"a" * 255: "x"})
    yield bad("AR-114", "nested 4000 deep", tar(long("d/" * 4000 + "f"), file("x")), "E0403", "entry 1")
    yield bad("AR-114a", "nested 300 deep", tar(long("d/" * 300 + "f"), file("x")), "E0403", "256")
    yield good("AR-115", "names that are not UTF-8 (Latin-1): kept as they are", tar(file(b"caf\xe9")), {"caf\udce9": "x"})
    yield bad("AR-115a", "a name that is not UTF-8 in a message", tar(file(b"../caf\xe9")), "E0403", "entry 1")
    yield bad("AR-116", "terminal escapes in a name", tar(file("a\x1b[31mb")), "E0403", "holds a control byte", small=True)
    yield bad("AR-116a", "a newline in a name that forges a message", tar(file("a\nerror[E0001]: all is well")), "E0403", "entry 1")
    yield bad("AR-116b", "C1 controls, which a terminal obeys as well", tar(file("../a\u009b31mb")), "E0403", "entry 1")
    yield bad("AR-116c", "a right-to-left override in a name that is refused", tar(file("../a\u202egnp.exe")), "E0403", "entry 1")
    yield bad("AR-116d", "terminal escapes in a link's target", tar(hard("h", "../\x1b]0;x\x07")), "E0405", "entry 1")
    yield good("AR-117", "NUL inside pax path: a, NUL, /../../evil: the name ends there, as with GNU tar", tar(
        pax(path=b"a\0/../../evil"), file("x")), {"a": "x"})
    yield bad("AR-130", "pax header declares 4 GiB", tar(head("pax", b"x", size=4 << 30), file("f")), "E0402")
    yield bad("AR-131", "pax record's length lies", tar(pax(b"99999999999 path=x\n"), file("f")), "E0402")
    yield bad("AR-131a", "pax record's length is 0", tar(pax(b"0 path=x\n"), file("f")), "E0402")
    yield bad("AR-131b", "pax record without =", tar(pax(b"10 pathxx\n"), file("f")), "E0402")
    yield bad("AR-132", "pax linkpath leads a hard link out", tar(pax(linkpath="/canary/file"), hard("h", "ok")), "E0405", "/canary/file")
    yield bad("AR-136", "pax header of 64 MiB (one value)", tar(pax(record("comment", b"x" * (64 << 20 if LARGE else 64))), file("f")), "E0402")
    yield bad("AR-137", "GNU long name of 64 MiB", tar(long("x" * (64 << 20 if LARGE else 64)), file("f")), "E0402")


def cases():
    for part in (climbs, links, specials, lies, names):
        yield from part()
