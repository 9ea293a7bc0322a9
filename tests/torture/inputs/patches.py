"""patches: paths that want out, hunks that lie, forms that nobody can check, series and mails."""
import base64
import gzip
import hashlib
import zlib

from case import LARGE, accept, refuse

A = "one\ntwo\nthree\n"
HELLO = "".join(f"line {i}\n" for i in range(1, 41))
TREE = {"src/a.txt": A, "src/sub/a.txt": A, "src/hello.c": HELLO, "src/crlf.txt": A.replace("\n", "\r\n"), "src/noeol.txt": "one\ntwo"}
ON = 'local src = copy "src" { "src" }\n'
PATCH = ON + 'return patch "fix" { "x.patch", strip = 1, on = src }\n'
HUNK = "@@ -1,3 +1,3 @@\n one\n-two\n+TWO\n three\n"
BINARY = bytes(range(256)) * 4


def files(patch, **more):
    return {**TREE, "x.patch": patch, **more}


def bad(id, what, patch, *says, recipe=PATCH, keeps=1, more=None, **rest):
    return refuse(id, what, list(says), files=files(patch, **(more or {})), recipe=recipe, keeps=keeps, **rest)


def good(id, what, patch, changed, *says, recipe=PATCH, more=None, **rest):
    out = {k[4:]: v for k, v in {**TREE, **(more or {})}.items() if k.startswith("src/")}
    out.update(changed)
    return accept(id, what, says, files=files(patch, **(more or {})), recipe=recipe, out={k: v for k, v in out.items() if v is not None},
                  show=bool(says), **rest)


def change(name, hunk=HUNK, new=None):
    return f"--- a/{name}\n+++ b/{new or name}\n{hunk}"


def created(name, text="evil\n", mode="100644"):
    lines = text.splitlines()
    return f"diff --git a/{name} b/{name}\nnew file mode {mode}\n--- /dev/null\n+++ b/{name}\n@@ -0,0 +1,{len(lines)} @@\n" + "".join(
        f"+{line}\n" for line in lines)


def linked(name, target):
    return (f"diff --git a/{name} b/{name}\nnew file mode 120000\n--- /dev/null\n+++ b/{name}\n@@ -0,0 +1 @@\n+{target}\n"
            "\\ No newline at end of file\n")


def renamed(old, new):
    return f"diff --git a/{old} b/{new}\nsimilarity index 100%\nrename from {old}\nrename to {new}\n"


def git_literal(data, size=None):
    packed = zlib.compress(data, 9)
    out = [f"literal {len(data) if size is None else size}"]
    for i in range(0, len(packed), 52):
        line = packed[i:i + 52]
        n = chr(len(line) - 1 + ord("A")) if len(line) <= 26 else chr(len(line) - 27 + ord("a"))
        out.append(n + base64.b85encode(line, pad=True).decode())
    return "\n".join(out) + "\n"


def blob(data):
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def binary(name, body):
    return f"diff --git a/{name} b/{name}\nnew file mode 100644\nindex {'0' * 40}..{blob(BINARY)}\nGIT binary patch\n{body}\nliteral 0\nHcmV?d00001\n\n"


def paths():
    yield bad("PA-010", "../ in the path", change("../../victim"), "E0505", "x.patch:", "../", small=True)
    yield bad("PA-010a", "../ that appears only after strip", change("x/../../victim"), "E0505", "..")
    yield bad("PA-011", "absolute path", "--- /canary/file\n+++ /canary/file\n" + HUNK, "E0505",
              recipe=ON + 'return patch "fix" { "x.patch", strip = 0, on = src }\n')
    yield bad("PA-011a", "absolute path behind a strip", "--- a//canary/file\n+++ b//canary/file\n" + HUNK, "E0504")
    yield good("PA-011b", "absolute path of a new file behind git's prefix, not taken off", created("/canary/evil"), {"b/canary/evil": "evil\n"},
               recipe=ON + 'return patch "fix" { "x.patch", strip = 0, on = src }\n')
    yield bad("PA-012", "a quoted path with octal escapes that climb", '--- "a/\\056\\056/victim"\n+++ "b/\\056\\056/victim"\n' + HUNK, "E0505")
    yield bad("PA-012a", "a quoted path that does not end", '--- "a/victim\n+++ "b/victim\n' + HUNK, "E0501", "x.patch:1")
    yield bad("PA-012b", "a quoted path with NUL", '--- "a/a.txt\\000/../x"\n+++ "b/a.txt\\000/../x"\n' + HUNK, "E0501", "x.patch:1")
    yield bad("PA-012c", "a quoted path with an escape sequence, which the message must not obey",
              '--- "a/\\033[31mred"\n+++ "b/\\033[31mred"\n' + HUNK, "E0505", "x.patch:")
    yield bad("PA-013", "git new symlink to the canary, then a file through it", linked("l", "/canary") + created("l/evil"), "E0505", "x.patch:",
              small=True)
    yield bad("PA-014", "new symlink over a file of the tree, then write it", linked("a.txt", "/canary/file") + change("a.txt"), "E0504")
    link = {"src/lnk": ("link", "/canary")}
    inner = {"src/link-in": ("link", "sub")}
    yield bad("PA-015", "rename a symlink of the tree, then write behind the new name", renamed("lnk", "new") + created("new/evil"), "E0505",
              more=link)
    yield bad("PA-016", "write through a symlink of the tree", created("lnk/evil"), "E0505", "lnk", more=link)
    yield bad("PA-016a", "change the file that a symlink of the tree points to", change("f"), "E0505", more={"src/f": ("link", "/canary/file")})
    yield bad("PA-017", "rename a file to outside", renamed("a.txt", "../../evil"), "E0505", "../")
    yield bad("PA-018", "copy a file to outside", renamed("a.txt", "../../evil").replace("rename", "copy"), "E0505", "../")
    yield bad("PA-019", "rename an outside file into the tree", renamed("../../../../canary/file", "stolen"), "E0505", "../")
    yield bad("PA-019a", "copy a file of the host into the tree", renamed("../../../../canary/file", "stolen").replace("rename", "copy"), "E0505")
    yield bad("PA-020", "delete an outside file", "diff --git a/../../victim b/../../victim\ndeleted file mode 100644\n--- a/../../victim\n+++ "
              "/dev/null\n@@ -1 +0,0 @@\n-x\n", "E0505", "../")
    yield bad("PA-021", "new file inside .git/hooks", created(".git/hooks/post-checkout"), "E0505", ".git", small=True)
    yield bad("PA-021a", "new file inside .GIT, for file systems that do not tell them apart", created(".GIT/config"), "E0505", ".GIT")
    yield bad("PA-022", "modify through a symlink inside the tree", change("link-in/a.txt"), "E0505", "link-in", more=inner)
    yield bad("PA-024", "git's --reject file would be written outside", change("../../victim", "@@ -1,3 +1,3 @@\n no\n-no\n+x\n no\n"), "E0505")
    yield bad("PA-025", "a name of 5000 bytes", created("n" * 5000), "E0505", "too long")
    yield bad("PA-026", "a name 300 deep", created("d/" * 300 + "f"), "E0505", "too deep")
    yield bad("PA-027", "a name that is only slashes and dots", created("./."), "E0505", "not the path of a file")
    yield bad("PA-028", "a folder of the tree becomes a symlink in the same patch, then is written through",
              renamed("sub/a.txt", "b.txt") + linked("sub", "/canary") + created("sub/evil"), "E0504", "`sub`")
    yield bad("PA-029", "`into` that climbs", change("a.txt"), "E0107", keeps=0,
              recipe=ON + 'return patch "fix" { "x.patch", strip = 1, on = src, into = "../x" }\n')
    yield bad("PA-030", "new file mode 104755 (setuid): no source file has it", created("su", "x\n", "104755"), "E0505", "104755")
    yield bad("PA-031", "submodule entry mode 160000", "diff --git a/s b/s\nnew file mode 160000\nindex 0000000..1111111\n--- /dev/null\n+++ b/s\n"
              "@@ -0,0 +1 @@\n+Subproject commit " + "1" * 40 + "\n", "E0505", "160000")
    yield bad("PA-032", "mode that is no number", created("m", "x\n", "10064x"), "E0501", "x.patch:2")
    yield bad("PA-087", "folder in place of a file", change("sub"), "E0504", "sub")
    yield bad("PA-088", "file in place of a folder", created("a.txt/x"), "E0504", "a.txt")


def forms():
    yield bad("PA-023", "ed-style script", "--- a/a.txt\n+++ b/a.txt\n1c\n!touch /canary/evil\n.\nw\n", "E0501", "x.patch:1", small=True)
    yield bad("PA-023a", "ed script without a head", "1d\n2s/x/y/\n.\n", "E0508", "ed script")
    yield bad("PA-033", "context diff", "*** a/a.txt\n--- b/a.txt\n***************\n*** 1,3 ****\n  one\n! two\n  three\n--- 1,3 ----\n  one\n"
              "! TWO\n  three\n", "E0508", "x.patch:3")
    yield bad("PA-034", "combined diff of a merge", "diff --cc a.txt\nindex 1,2..3\n--- a/a.txt\n+++ b/a.txt\n@@@ -1,1 -1,1 +1,1 @@@\n- a\n -b\n++c\n",
              "E0501", "x.patch:3")
    yield bad("PA-035", "a mail in base64", "From: a@b\nSubject: [PATCH] x\nContent-Transfer-Encoding: base64\n\n" +
              base64.encodebytes(change("a.txt").encode()).decode(), "E0508", "base64")
    yield good("PA-036", "an ordinary mail", "From 1111 Mon Sep 17 00:00:00 2001\nFrom: a <a@b>\nSubject: [PATCH] x\n\n---\n a.txt | 2 +-\n\n" +
               change("a.txt") + "-- \n2.39\n", {"a.txt": "one\nTWO\nthree\n"}, small=True)
    yield good("PA-037", "two mails in one mbox", "From 1 Mon\nSubject: 1\n\n" + change("a.txt") + "-- \n2.39\n\nFrom 2 Mon\nSubject: 2\n\n" +
               change("sub/a.txt") + "-- \n2.39\n", {"a.txt": "one\nTWO\nthree\n", "sub/a.txt": "one\nTWO\nthree\n"})
    yield bad("PA-038", "a mail in quoted-printable with soft line breaks", "From: a@b\nSubject: x\nContent-Transfer-Encoding: quoted-printable\n\n" +
              change("a.txt").replace("+TWO", "+T=\nWO"), "E0508", "quoted-printable")
    yield bad("PA-039", "a patch in gzip", gzip.compress(change("a.txt").encode(), mtime=0), "E0507", "x.patch")
    yield good("PA-040", "git binary patch", binary("new.bin", git_literal(BINARY)), {"new.bin": BINARY})
    yield bad("PA-041", "git binary patch: literal shorter than it says", binary("new.bin", git_literal(BINARY, 99999)), "E0502", "x.patch:")
    yield bad("PA-041a", "git binary patch: not zlib", binary("new.bin", "literal 10\nGc${NkU|;|M000001\n"), "E0501", "x.patch:")
    yield bad("PA-041b", "git binary patch: bytes that are no base 85", binary("new.bin", "literal 10\nG\"\"\"\"\"\n"), "E0501", "x.patch:")
    yield bad("PA-041c", "git binary patch: a delta beyond its source", binary("a.txt", git_literal(b"\x0e\x05\x91\xff\x7f").replace(
        "literal", "delta")).replace("new file mode 100644\n", "").replace("0" * 40, blob(A.encode())), "E0502", "x.patch:")
    yield bad("PA-042", "git binary patch: literal that inflates to 256 MiB", binary("new.bin", git_literal(bytes(256 << 20 if LARGE else 9))), "E0508", "x.patch:", "128 MiB")
    yield bad("PA-042a", "git binary patch: literal of 2^60 bytes", binary("new.bin", git_literal(BINARY, 1 << 60)), "E0501", "x.patch:")
    yield bad("PA-043", "Binary files differ (no data)", "diff --git a/x.bin b/x.bin\nindex 1..2 100644\nBinary files a/x.bin and b/x.bin differ\n",
              "E0508", "x.patch:", small=True)
    yield bad("PA-044", "NUL in a text hunk's head", change("a.txt").replace("@@ -1", "@@ \0-1"), "E0501", "x.patch:1")
    yield bad("PA-055", "empty patch file", "", "E0507", small=True)
    yield bad("PA-056", "only a commit message", "Subject: nothing\n\nSome text.\n", "E0507")
    yield bad("PA-057", "a patch that is a web page", "<!DOCTYPE html><html><pre>--- a/a.txt</pre></html>\n", "E0507")
    yield bad("PA-058", "random bytes", bytes((i * 73 + (i >> 3)) & 255 for i in range(5000)), "E0507")
    yield bad("PA-059", "a hunk without change", change("a.txt", "@@ -1,3 +1,3 @@\n one\n two\n three\n"), "E0507")
    yield bad("PA-059a", "a mode change to the mode that is there", "diff --git a/a.txt b/a.txt\nold mode 100644\nnew mode 100644\n", "E0507")


def lines():
    crlf = change("a.txt").replace("\n", "\r\n")
    yield bad("PA-050", "CRLF patch on an LF file", crlf, "E0510", "CR", "a.txt")
    yield bad("PA-051", "LF patch on a CRLF file", change("crlf.txt"), "E0510", "CR", "crlf.txt")
    yield good("PA-052", "file without a newline at its end", change("noeol.txt", "@@ -1,2 +1,2 @@\n one\n-two\n\\ No newline at end of file\n+TWO\n"
               "\\ No newline at end of file\n"), {"noeol.txt": "one\nTWO"})
    yield bad("PA-053", "the newline at the end is not as the patch says", change("noeol.txt", "@@ -1,2 +1,2 @@\n one\n-two\n+TWO\n"), "E0510")
    yield bad("PA-054", "`\\ No newline` in the middle of a hunk", change("a.txt", "@@ -1,3 +1,3 @@\n one\n\\ No newline at end of file\n-two\n+TWO\n three\n"),
              "E0501", "x.patch:")
    moved = "@@ -1,3 +1,3 @@\n line 21\n-line 22\n+LINE 22\n line 23\n"
    yield good("PA-070", "applies at an offset of 20 lines", change("hello.c", moved), {"hello.c": HELLO.replace("line 22", "LINE 22")}, "offset +20")
    yield bad("PA-071", "needs fuzz (one line of context wrong)", change("hello.c", "@@ -1,3 +1,3 @@\n line 1\n-line 2\n+LINE 2\n line X\n"), "E0502",
              "hello.c", "hunk 1", "x.patch:", small=True)
    yield bad("PA-072", "context entirely wrong", change("hello.c", "@@ -1,3 +1,3 @@\n alpha\n-beta\n+BETA\n gamma\n"), "E0502", "hello.c", "hunk 1")
    yield bad("PA-073", "already applied", change("hello.c", "@@ -1,3 +1,3 @@\n line 1\n-line two\n+line 2\n line 3\n"), "E0503", "x.patch")
    yield good("PA-074", "fits at two places: the nearer one", change("twice", "@@ -5,3 +5,3 @@\n a\n-b\n+B\n y\n"),
               {"twice": "x\nx\nx\na\nB\ny\nz\nz\nz\na\nb\ny\n"}, more={"src/twice": "x\nx\nx\na\nb\ny\nz\nz\nz\na\nb\ny\n"})
    yield bad("PA-075", "the hunks of a file are not in order", change("hello.c", "@@ -20,2 +20,2 @@\n line 20\n-line 21\n+L\n@@ -2,2 +2,2 @@\n line 2\n"
              "-line 3\n+L\n"), "E0502", "x.patch:", "hunk 1")
    yield bad("PA-076", "hunk counts 999999999", change("a.txt", "@@ -1,999999999 +1,999999999 @@\n one\n-two\n+TWO\n three\n"), "E0501", "x.patch:")
    yield bad("PA-077", "hunk numbers overflow 64 bits", change("a.txt", "@@ -18446744073709551617,3 +18446744073709551617,3 @@\n one\n-two\n+TWO\n three\n"),
              "E0501", "x.patch:3", small=True)
    yield bad("PA-077a", "hunk begins at line 2^62", change("a.txt", f"@@ -{1 << 62},3 +1,3 @@\n one\n-two\n+TWO\n three\n"), "E0501", "x.patch:3")
    yield bad("PA-078", "hunk head that is none", change("a.txt", "@@ -1,3 +1,3\n one\n-two\n+TWO\n three\n"), "E0501", "x.patch:3")
    yield bad("PA-078a", "negative numbers in a hunk head", change("a.txt", "@@ --1,3 +1,3 @@\n one\n-two\n+TWO\n three\n"), "E0501", "x.patch:3")
    yield bad("PA-079", "hunk cut short", change("a.txt", "@@ -1,3 +1,3 @@\n one\n-two\n"), "E0501", "x.patch:", small=True)
    yield bad("PA-079a", "file cut in the middle of a line", change("a.txt", HUNK)[:-9], "E0501", "x.patch:")
    yield bad("PA-079b", "more lines than the hunk promises", change("a.txt", HUNK + "-four\n"), "E0501", "x.patch:")
    wide = "x" * (4 << 20)
    yield good("PA-080", "one line of 4 MiB", change("wide", f"@@ -1 +1 @@\n-{wide}\n+small\n"), {"wide": "small\n"}, more={"src/wide": wide + "\n"})
    yield bad("PA-080a", "one line of 4 MiB that does not fit: the message stays short", change("a.txt", f"@@ -1 +1 @@\n-{wide}\n+small\n"), "E0502")
    many = "".join(f"@@ -{i},3 +{i},3 @@\n line {i}\n-old {i + 1}\n+new {i + 1}\n line {i + 2}\n" for i in range(1, 60000, 3))
    big = "".join(f"line {i}\nold {i + 1}\nline {i + 2}\n" for i in range(1, 60000, 3))
    yield good("PA-081", "20000 hunks", change("big", many), {"big": big.replace("old", "new")}, more={"src/big": big})
    yield bad("PA-081a", "a hunk of 20000 equal lines that fits nowhere", change("same", "@@ -1,20001 +1,20001 @@\n" + " a\n" * 20000 + "-b\n+c\n"),
              "E0502", more={"src/same": "a\n" * 60000})
    yield bad("PA-082", "first file fine, second fails: nothing changes", change("a.txt") + change("sub/a.txt", "@@ -1,3 +1,3 @@\n one\n-no\n+NO\n three\n"),
              "E0502", "sub/a.txt")
    yield bad("PA-083", "the same change twice in one patch", change("a.txt") + change("a.txt"), "E0502", "hunk 1", "a.txt")
    yield bad("PA-084", "new file that is there", created("a.txt"), "E0504", "a.txt")
    yield bad("PA-085", "/dev/null on both sides", "--- /dev/null\n+++ /dev/null\n@@ -0,0 +1 @@\n+x\n", "E0501", "x.patch:")
    yield bad("PA-086", "deletes a file that holds more than the patch says", "--- a/a.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-one\n", "E0502", "a.txt")
    yield bad("PA-089", "two names that differ", change("a.txt", new="sub/a.txt"), "E0504", "x.patch:")
    yield bad("PA-090", "no level of strip fits", change("no/such/file"), "E0504", recipe=ON + 'return patch "fix" { "x.patch", on = src }\n')
    yield bad("PA-091", "git header and names below it differ", "diff --git a/a.txt b/a.txt\n" + change("sub/a.txt"), "E0501", "x.patch:")


def series():
    recipe = ON + 'return patch "fix" { series = "p/series", on = src }\n'

    def bad_series(id, what, text, *says, keeps=0, place="p/series", **more):
        return refuse(id, what, list(says), files={**TREE, "p/series": text, "p/x.patch": change("a.txt"), "p/y.patch": change("sub/a.txt"),
                      **more}, recipe=recipe, keeps=keeps, place=place)
    yield accept("PA-100", "an ordinary series", files={**TREE, "p/series": "# first\n\nx.patch\ny.patch -p1 # note\n", "p/x.patch": change("a.txt"),
                 "p/y.patch": change("sub/a.txt")}, recipe=ON + 'local done = patch "fix" { series = "p/series", on = src }\nreturn done / "a.txt"\n',
                 out={"a.txt": "one\nTWO\nthree\n"}, small=True)
    yield bad_series("PA-101", "a series that names a file of the host", "x.patch\n../../../../../canary/file\n", "E0509", "canary/file")
    yield bad_series("PA-102", "a series with an absolute path", "/canary/file\n", "E0509", "/canary/file")
    yield bad_series("PA-103", "a series whose patch is a symlink out", "evil.patch\n", "E1011", "evil.patch", **{"p/evil.patch": ("link", "/canary/file")})
    yield bad_series("PA-104", "a series of nothing", "# none\n\n", "E0509")
    yield bad_series("PA-105", "a series with an option that nobody knows", "x.patch --fuzz=9\n", "E0509", "--fuzz=9")
    yield bad_series("PA-106", "a series with -p99999999999999999999", "x.patch -p99999999999999999999\n", "E0509", "-p9")
    yield bad_series("PA-107", "a series whose patch is not there", "x.patch\nno.patch\n", "E0112", "no.patch")
    yield bad_series("PA-108", "a series that is binary", b"\x7fELF\0\1\2\3\n", "E0509")
    yield bad_series("PA-109", "a series that lists one patch twice", "x.patch\nx.patch\n", "E0503", keeps=1)
    yield bad_series("PA-110", "a series with terminal escapes", "\x1b[31mx.patch\n", "E0509")
    yield bad_series("PA-111", "a series that names a folder", ".\n", "E0509")
    yield refuse("PA-112", "a series that is a fifo", ["E1011", "series"], files={**TREE, "p/series": ("fifo",)}, recipe=recipe, keeps=1)
    yield refuse("PA-113", "a skip that matches nothing", ["E0509", "z*"], files=files(change("a.txt")), keeps=1,
                 recipe=ON + 'return patch "fix" { "x.patch", strip = 1, skip = { "z*" }, on = src }\n')


def cases():
    for part in (paths, forms, lines, series):
        yield from part()
