"""modules: kernel modules that are damaged, false, or for another kernel."""
import bz2
import gzip
import lzma
import subprocess

from case import LARGE, accept, refuse
from elfs import USUAL, module

CONFIG = "".join(f"CONFIG_{s}=y\n" for s in ("X86", "X86_64", "64BIT", "SMP", "PREEMPT_BUILD", "MODULES", "MODULE_UNLOAD", "MODVERSIONS"))
RECIPE = 'vermagic_check "loadable" { "*.ko*", release = "6.12.5", config = "config" }\nreturn write { path = "a", text = "b" }\n'
SYMBOLS = RECIPE.replace('config = "config"', 'config = "config", symvers = "symvers", symbols = true')
SYMVERS = "0x00000001\tf\tvmlinux\tEXPORT_SYMBOL\t\n"
MAX = (1 << 64) - 1


def bad(id, what, data, *says, name="hello.ko", **more):
    return refuse(id, what, [says[0], name, *says[1:]], files={name: data, "config": CONFIG, "symvers": SYMVERS}, **{"recipe": RECIPE, "keeps": 1, **more})


def damaged(id, what, data, *says, **more):
    return bad(id, what, data, "E0702", *says, **more)


def good(id, what, data, name="hello.ko", **more):
    return accept(id, what, files={name: data, "config": CONFIG}, recipe=RECIPE, out={"a": "b"}, **more)


def magic(text):
    return module(USUAL.replace(b"6.12.5 SMP preempt mod_unload modversions ", text))


def zstd(data):
    return subprocess.run(["zstd", "-q", "-c"], input=data, stdout=subprocess.PIPE, check=True).stdout


def elf():
    whole = module()
    yield good("KO-000", "the ordinary module", whole, small=True)
    yield bad("KO-001", "other vermagic: both are named", magic(b"5.10.0 SMP preempt mod_unload modversions "), "E0701", "5.10.0", "6.12.5", small=True)
    yield bad("KO-002", "another architecture", module(machine=183), "E0703")
    yield bad("KO-003", "32 bits", module(cls=1), "E0702|E0703")
    yield bad("KO-004", "the other byte order", module(little=False), "E0702|E0703")
    yield damaged("KO-010", "empty file", b"", "ELF", small=True)
    yield damaged("KO-011", "4 bytes", b"\x7fELF", "ELF")
    yield damaged("KO-012", "63 bytes of the header", whole[:63])
    yield damaged("KO-013", "cut in half", whole[:len(whole) // 2])
    yield damaged("KO-013a", "cut by one byte", whole[:-1])
    yield damaged("KO-014", "e_shoff past the end", module(header={"shoff": 1 << 20}), "e_shoff")
    yield damaged("KO-015", "e_shoff = 2^64-1", module(header={"shoff": MAX}), "e_shoff")
    yield damaged("KO-015a", "e_shoff that overflows with the table", module(header={"shoff": MAX - 63}), "e_shoff")
    yield damaged("KO-016", "e_shoff inside the header", module(header={"shoff": 1}))
    yield damaged("KO-017", "e_shnum = 0 with a huge extended count", module(header={"shnum": 0}, fields={(0, "size"): MAX // 64}), "sh")
    yield damaged("KO-017a", "e_shnum = 0 without an extended count", module(header={"shnum": 0}))
    yield damaged("KO-018", "e_shentsize = 0", module(header={"shentsize": 0}), "e_shentsize")
    yield damaged("KO-018a", "e_shentsize = 65535", module(header={"shentsize": 65535}), "e_shentsize")
    yield damaged("KO-019", "e_shnum = 65535", module(header={"shnum": 65535}))
    yield damaged("KO-020", "e_shstrndx out of range", module(header={"shstrndx": 500}), "e_shstrndx")
    yield damaged("KO-020a", "e_shstrndx = 0xffff with a huge link", module(header={"shstrndx": 65535}, fields={(0, "link"): 0xFFFFFFFF}), "sh")
    yield damaged("KO-021", "e_shstrndx names a section that is no text", module(header={"shstrndx": 2}))
    yield damaged("KO-022", ".modinfo's offset and size overflow", module(fields={(1, "offset"): MAX - 10, (1, "size"): 100}))
    yield damaged("KO-022a", ".modinfo larger than the file", module(fields={(1, "size"): 1 << 40}))
    yield damaged("KO-023", ".modinfo of no bytes", module(b""))
    yield damaged("KO-024", "a section's name past the names", module(fields={(1, "name"): 0xFFFFFFFF}))
    yield damaged("KO-024a", "names without a final NUL", module(fields={(4, "size"): 20}))
    yield damaged("KO-025", ".modinfo without a final NUL", module(USUAL[:-1]))
    yield damaged("KO-026", "no vermagic", module(b"license=GPL\0name=hello\0"), "vermagic")
    yield damaged("KO-027", "two different vermagics", module(USUAL + b"vermagic=5.10.0 SMP\0"), "vermagic")
    yield damaged("KO-028", "vermagic of 1 MiB", magic(b"x" * (1 << 20)), "vermagic")
    yield bad("KO-029", "vermagic with escapes, a newline and %s%n", magic(b"\x1b[31m\nerror[E0001]: forged %s%n%n x86_64"), "E0701|E0702", "vermagic", small=True)
    yield bad("KO-029a", "vermagic with controls of the second set and no UTF-8", magic("\u009b31m\u202e".encode() + b"\xff x86_64"), "E0701|E0702")
    yield damaged("KO-030", "an executable", module(header={"type": 2}), "e_type")
    yield damaged("KO-031", "a core file", module(header={"type": 4}), "e_type")
    yield damaged("KO-032", "class 9 of ELF", module(cls=9))
    yield damaged("KO-033", "two .modinfo", module(fields={(2, "name"): 1, (2, "type"): 1}))
    yield good("KO-034", ".symtab links to nothing: nobody asked for symbols", module(fields={(2, "link"): 900}))
    yield damaged("KO-034a", ".symtab links to nothing, and symbols are asked for", module(fields={(2, "link"): 900}), recipe=SYMBOLS)
    yield damaged("KO-035", ".modinfo is NOBITS", module(types={1: 8}), ".modinfo")
    yield damaged("KO-036", ".symtab of half a symbol", module(fields={(2, "size"): 13}), recipe=SYMBOLS)
    yield damaged("KO-036a", ".strtab without a final NUL", module(fields={(3, "size"): 0}), recipe=SYMBOLS)
    yield damaged("KO-037", "a shell script", b"#!/bin/sh\ntouch /canary/evil\n", "ELF")
    yield damaged("KO-038", "only zeros", bytes(4096), "ELF")
    many = module(more=65000)
    yield good("KO-042", "65000 empty sections", many)
    yield damaged("KO-043", "every section lies over the header", module(fields={(i, "offset"): 0 for i in range(1, 5)}))
    for at in range(0, 64, 3):
        flipped = whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1:]
        if at in (6, 9, 12, 15, 21, 24, 27, 30, 33, 36, 39, 45, 48, 51, 54, 57):
            continue  # padding, entry point, program headers, flags: of no meaning in a module
        yield refuse(f"KO-044-{at}", f"byte {at} of the header flipped", ["E0702|E0703", "hello.ko"], files={"hello.ko": flipped, "config": CONFIG}, recipe=RECIPE, keeps=1)


def packed():
    whole = module()
    for ext, pack in (("gz", lambda d: gzip.compress(d, mtime=0)), ("xz", lambda d: lzma.compress(d, check=lzma.CHECK_CRC32)), ("zst", zstd)):
        yield good(f"KO-038-{ext}", f"the ordinary module as .ko.{ext}", pack(whole), name=f"hello.ko.{ext}")
        yield damaged(f"KO-040-{ext}", f".ko.{ext} cut in half", pack(whole)[:-30], name=f"hello.ko.{ext}")
        yield good(f"KO-041-{ext}", f".ko.{ext} that is not packed: the content decides", whole, name=f"hello.ko.{ext}")
        bomb = pack(bytes(64 << 20 if LARGE else 9)) * 16
        yield damaged(f"KO-039-{ext}", f"a bomb of 1 GiB named .ko.{ext}", bomb, name=f"hello.ko.{ext}")
    yield damaged("KO-045", ".ko that is bzip2", bz2.compress(whole))
    yield refuse("KO-046", "a .ko that is a folder", ["E0708"], files={"hello.ko/x": "", "config": CONFIG}, recipe=RECIPE, keeps=1)
    yield refuse("KO-047", "a .ko that is a link out of the project", ["E1011", "hello.ko"], files={"hello.ko": ("link", "/canary/file"), "config": CONFIG}, recipe=RECIPE, keeps=1)
    yield refuse("KO-048", "a .ko that is a fifo", ["E1011", "hello.ko"], files={"hello.ko": ("fifo",), "config": CONFIG}, recipe=RECIPE, keeps=1)


def kernels():
    whole = module()
    recipe = 'vermagic_check "loadable" { "hello.ko", release = "6.12.5", config = "config", symvers = "symvers", symbols = true }\nreturn write { path = "a", text = "b" }\n'

    def kernel(id, what, config, symvers, *says, **more):
        return refuse(id, what, list(says), files={"hello.ko": whole, "config": config, "symvers": symvers}, recipe=recipe, **{"keeps": 1, **more})
    yield kernel("KO-050", "Module.symvers of garbage", CONFIG, "garbage\n", "E0709", "symvers")
    yield kernel("KO-051", "Module.symvers with a CRC of 40 digits", CONFIG, "0x" + "1" * 40 + "\tf\tvmlinux\tEXPORT_SYMBOL\t\n", "E0709", "symvers")
    yield kernel("KO-052", "Module.symvers that is binary", CONFIG, b"\x7fELF\0\0\0", "E0709", "symvers")
    yield accept("KO-053", "Module.symvers that is empty, and a module that needs no symbol", files={"hello.ko": whole, "config": CONFIG, "symvers": ""}, recipe=recipe, out={"a": "b"})
    yield kernel("KO-054", ".config that is binary", b"\x7fELF\0\0\0", "0x1\tf\tvmlinux\tEXPORT_SYMBOL\t\n", "E0709", "config")
    yield kernel("KO-055", ".config that is empty", "", "0x1\tf\tvmlinux\tEXPORT_SYMBOL\t\n", "E0709", "config")


def cases():
    for part in (elf, packed, kernels):
        yield from part()
