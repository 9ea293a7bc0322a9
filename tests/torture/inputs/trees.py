"""trees: device tree sources, blobs and overlays; dtc and cpp read them in the sandbox, libfdt outside of it."""
import struct

from case import accept, refuse

GCC = 'local gcc = untar "image" { "dtc.tar", rootfs = true }\n'
SOURCE = GCC + 'return dtbo_compile "d" { "x.dts", toolchain = gcc }\n'
OVERLAY = GCC + 'return dtbo_compile "d" { "x.dts", toolchain = gcc, apply_to = { "base.dtb" } }\n'
ON_BASE = GCC + 'local base = dtbo_compile "base" { "base.dts", toolchain = gcc, symbols = true }\nreturn dtbo_compile "d" { "x.dts", toolchain = gcc, apply_to = { base } }\n'
BASE = '/dts-v1/;\n/ {\n  i2c0: i2c@0 {\n    status = "disabled";\n  };\n};\n'
GOOD = '/dts-v1/;\n/plugin/;\n&i2c0 {\n  status = "okay";\n};\n'


def bad(id, what, text, *says, **more):
    return refuse(id, what, list(says), files={"x.dts": text, "base.dts": BASE}, image="dtc", **{"recipe": SOURCE, "keeps": 1, "seconds": 15, **more})


def source(body):
    return "/dts-v1/;\n/ {\n" + body + "\n};\n"


def good(id, what, text):
    return accept(id, what, files={"x.dts": text}, image="dtc", recipe=SOURCE, seconds=15)


def sources():
    yield accept("DS-000", "the ordinary overlay", files={"x.dts": GOOD, "base.dts": BASE}, image="dtc", recipe=ON_BASE)
    yield bad("DS-010", "/incbin/ of a file of the host", source('  x = /incbin/("/etc/shadow");'), "E0603", "/etc/shadow", "x.dts:3", small=True)
    yield bad("DS-010a", "/incbin/ that climbs", source('  x = /incbin/("../../../../etc/shadow");'), "E0603", "x.dts:3")
    yield bad("DS-010b", "/incbin/ put together by the preprocessor", '#define F "/etc/" "shadow"\n' + source("  x = /incbin/(F);"), "E0603|E0601", "x.dts")
    yield bad("DS-010c", "/incbin/ with escapes in its name", source('  x = /incbin/("\\x2fetc\\x2fshadow");'), "E0603", "x.dts:3")
    yield bad("DS-010d", "/incbin/ behind a comment", source('  x = /incbin/ /* x */ ("/etc/shadow");'), "E0603", "x.dts")
    yield bad("DS-011", "/include/ of a file of the host", '/dts-v1/;\n/include/ "/etc/passwd"\n', "E0603", "x.dts:2")
    yield bad("DS-011a", "#include of a file of the host", '#include "/etc/passwd"\n' + BASE, "E0603", "/etc/passwd", "x.dts:1")
    yield bad("DS-011b", "#include that climbs", '#include "../../../../etc/passwd"\n' + BASE, "E0601", "x.dts:1")
    yield bad("DS-012", "#include of itself", '#include "x.dts"\n' + BASE, "E0601", "x.dts:1")
    yield bad("DS-013", "/include/ of itself", '/dts-v1/;\n/include/ "x.dts"\n', "E0603", "x.dts:2")
    yield bad("DS-014", "/incbin/ of /dev/zero", source('  x = /incbin/("/dev/zero");'), "E0603", "/dev/zero", "x.dts:3")
    yield bad("DS-014a", "#include of /dev/zero", '#include "/dev/zero"\n' + BASE, "E0603", "x.dts:1")
    yield bad("DS-014b", "#include of /dev/stdin", '# include </dev/stdin>\n' + BASE, "E0603", "x.dts:1")
    yield bad("DS-014c", "#include of /proc/self/environ, put together by the preprocessor", '#define F "/proc/self/environ"\n#include F\n' + BASE, "E0603", "/proc/self/environ", "x.dts")
    yield bad("DS-015", "missing semicolon", "/dts-v1/;\n/ { a = <1> }\n", "E0601", "x.dts:2")
    yield bad("DS-016", "a brace that is not closed", "/dts-v1/;\n/ {\n", "E0601", "x.dts:")
    yield bad("DS-017", "division and modulo by zero", source("  a = <(1 / 0)>;\n  b = <(1 % 0)>;"), "E0601", "x.dts:3", mistakes=2)
    yield good("DS-018", "the smallest number divided by -1 kills nobody", source("  a = <((-9223372036854775807 - 1) / (-1))>;"))
    yield bad("DS-019", "nodes nested 50000 deep", "/dts-v1/;\n/ {\n" + "a {\n" * 50000 + "};\n" * 50000 + "};\n", "E0601|E0608", "recipe.lua")
    yield bad("DS-020", "reference to a label that is not there", source("  a = <&nope>;"), "E0601", "nope", "x.dts")
    yield bad("DS-021", "two labels of one name", source("  l: a {};\n  l: b {};"), "E0601", "x.dts:")
    yield bad("DS-022", "two nodes of one name with units", source("  a@1 { reg = <1>; };\n  a@1 {\n    x = <")[:-4], "E0601", "x.dts:")
    yield bad("DS-023", "a number of 80 digits", source("  a = <" + "9" * 80 + ">;"), "E0601", "x.dts:3")
    yield good("DS-024", "a node name of 5000 bytes, of which dtc makes a note", source("  " + "n" * 5000 + " {};"))
    yield bad("DS-025", "no /dts-v1/", "/ { };\n", "E0601", "x.dts:1")
    yield bad("DS-026", "an empty file", "", "E0601", "x.dts")
    yield bad("DS-027", "a line directive lies about the file's name", '# 1 "/etc/passwd"\n' + BASE.replace("disabled\"", "disabled"), "E0603", "x.dts:1")
    yield bad("DS-027a", "#line lies as well", '#line 1 "/etc/passwd"\n' + BASE.replace("disabled\"", "disabled"), "E0603", "x.dts:1")
    yield bad("DS-028", "a macro that doubles 40 times", "#define A0 1 1\n" + "".join(f"#define A{i} A{i - 1} A{i - 1}\n" for i in range(1, 40)) + source("  a = <A39>;"), "E0601|E0608|E0308|E0307",
              recipe=SOURCE.replace("toolchain = gcc }", 'toolchain = gcc, timeout = 5, memory = "512M" }'), memory=1024, seconds=40)
    yield bad("DS-029", "binary", b"\x7fELF\0\1\2" + bytes(200), "E0603", "x.dts")
    yield bad("DS-030", "terminal escapes in a name", source("  \x1b[31m { };"), "E0601", "x.dts:3")
    yield bad("DS-031", "a source that is a .dtb", fdt(node()), "E0603", "x.dts")
    yield bad("DS-032", "#error with escapes", '#error "\x1b[31mred"\n' + BASE, "E0601", "x.dts:1")
    yield bad("DS-033", "a pragma and assembly of the compiler", "#pragma GCC system_header\n_Pragma(\"x\")\n", "E0601", "x.dts")
    yield refuse("DS-034", "the source is a link out of the project", ["E1011", "x.dts"], files={"x.dts": ("link", "/canary/file")}, image="dtc", recipe=SOURCE, keeps=1)


def node(name=b"", props=b"", inner=b""):
    name += b"\0"
    return struct.pack(">I", 1) + name + bytes(-len(name) % 4) + props + inner + struct.pack(">I", 2)


def prop(at, data, size=None):
    return struct.pack(">III", 3, len(data) if size is None else size, at) + data + bytes(-len(data) % 4)


def fdt(body=None, strings=b"a\0", **lies):
    body = (node() if body is None else body) + struct.pack(">I", 9)
    head = dict(magic=0xD00DFEED, totalsize=56 + len(body) + len(strings), off_struct=56, off_strings=56 + len(body), off_rsv=40, version=17, last=16, cpu=0,
                size_strings=len(strings), size_struct=len(body))
    head.update(lies)
    return struct.pack(">10I", *head.values()) + bytes(16) + body + strings


def symbols():
    """a base with a node of label i2c0"""
    strings = b"i2c0\0phandle\0"
    return node(inner=node(b"i2c@0", prop(5, struct.pack(">I", 1))) + node(b"__symbols__", prop(0, b"/i2c@0\0"))), strings


def blobs():
    def blob(id, what, data, *says, code="E0602", **more):
        return refuse(id, what, [code, "base.dtb", *says], files={"x.dts": GOOD, "base.dtb": data}, image="dtc", **{"recipe": OVERLAY, "keeps": 1, "seconds": 15, **more})
    body, strings = symbols()
    whole = fdt(body, strings)
    yield accept("DB-000", "the ordinary base", files={"x.dts": GOOD, "base.dtb": whole}, image="dtc", recipe=OVERLAY)
    yield blob("DB-010", "empty", b"")
    yield blob("DB-011", "cut in half", whole[:len(whole) // 2])
    yield blob("DB-011a", "cut inside the header", whole[:20])
    yield blob("DB-012", "totalsize larger than the file", fdt(body, strings, totalsize=1 << 20), small=True)
    yield blob("DB-013", "totalsize 0xffffffff", fdt(body, strings, totalsize=0xFFFFFFFF))
    yield blob("DB-014", "totalsize 0", fdt(body, strings, totalsize=0))
    yield blob("DB-015", "structure past the end", fdt(body, strings, off_struct=1 << 20))
    yield blob("DB-015a", "structure's size overflows", fdt(body, strings, size_struct=0xFFFFFFF0))
    yield blob("DB-016", "strings past the end", fdt(body, strings, off_strings=0xFFFFFFF0))
    yield blob("DB-017", "memory reservations past the end", fdt(body, strings, off_rsv=0xFFFFFFF8))
    yield blob("DB-018", "structure that is not aligned", fdt(body, strings, off_struct=57))
    yield blob("DB-019", "wrong magic", fdt(body, strings, magic=0xEDFE0DD0))
    yield blob("DB-020", "a property's name past the strings", fdt(node(props=prop(9999, b"x\0"), inner=body[8:-4]), strings))
    yield blob("DB-021", "property length 0xffffffff", fdt(node(props=prop(0, b"x\0", 0xFFFFFFFF), inner=body[8:-4]), strings))
    yield blob("DB-022", "a tag that is none", fdt(node(inner=struct.pack(">I", 77)), strings))
    yield blob("DB-022a", "nodes that do not end", fdt(struct.pack(">II", 1, 0) * 5, strings))
    yield blob("DB-022b", "more ends than beginnings", fdt(node() + struct.pack(">I", 2), strings))
    yield blob("DB-022c", "two roots", fdt(node() + node(), strings))
    yield blob("DB-023", "100000 deep", fdt(struct.pack(">I", 1) + bytes(4) + (struct.pack(">I", 1) + b"a\0\0\0") * 100000 + struct.pack(">I", 2) * 100001, strings), small=True)
    yield blob("DB-024", "version 99, last compatible 98", fdt(body, strings, version=99, last=98))
    yield blob("DB-025", "a node's name without an end", fdt(struct.pack(">I", 1) + b"aaaa" * 4, strings))
    yield blob("DB-026", "a source in place of a blob", BASE.encode())
    yield blob("DB-027", "no symbols", fdt(node(inner=node(b"i2c@0")), strings), code="E0604")
    yield blob("DB-028", "a symbol that leads nowhere", fdt(node(inner=node(b"__symbols__", prop(0, b"/nope@0\0"))), strings), code="E0605|E0602|E0607")
    yield blob("DB-029", "a symbol whose path has no end", fdt(node(inner=node(b"i2c@0") + node(b"__symbols__", prop(0, b"/i2c@0"))), strings), code="E0605|E0602|E0607|E0604")
    yield blob("DB-030", "only zeros", bytes(4096))
    over = "/dts-v1/;\n/plugin/;\n"
    yield bad("DB-033", "overlay: target-path to a node that is not there", over + '/ { fragment@0 { target-path = "/nope"; __overlay__ { a; }; }; };\n', "E0605", "/nope", recipe=ON_BASE, keeps=2)
    yield bad("DB-034", "overlay: fixup past its property", over + "/ {\n  fragment@0 { target = <&i2c0>; __overlay__ { size = <1>; }; };\n  __local_fixups__ { fragment@0 { __overlay__ { size = <1000>; }; }; };\n};\n",
              "E0607", recipe=ON_BASE, keeps=2)
    yield bad("DB-034a", "overlay: __fixups__ of its own that lies", over + '/ {\n  fragment@0 { target = <0xffffffff>; __overlay__ { a; }; };\n  __fixups__ { i2c0 = "/fragment@0:target:4294967295"; };\n};\n', "E0607|E0601|E0605",
              recipe=ON_BASE, keeps=2)
    yield bad("DB-034b", "overlay: __fixups__ without numbers", over + '/ {\n  fragment@0 { target = <0xffffffff>; __overlay__ { a; }; };\n  __fixups__ { i2c0 = "garbage"; };\n};\n', "E0607|E0601|E0605",
              recipe=ON_BASE, keeps=2)
    yield bad("DB-035", "overlay: a label that the base lacks", over + "&nope { a; };\n", "E0605", "nope", recipe=ON_BASE, keeps=2)
    yield bad("DB-036", "overlay without a target", over + "/ { fragment@0 { __overlay__ { a; }; }; };\n", "E0605|E0607", recipe=ON_BASE, keeps=2)
    yield bad("DB-037", "apply_to for a source that is no overlay", BASE, "E0610", recipe=ON_BASE, keeps=2)


def cases():
    yield from sources()
    yield from blobs()
