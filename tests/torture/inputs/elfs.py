"""elfs: kernel modules made section by section, whose headers may lie."""
import struct

USUAL = b"license=GPL\0depends=\0name=hello\0vermagic=6.12.5 SMP preempt mod_unload modversions \0"


def module(modinfo=USUAL, types=None, fields=None, header=None, more=0, machine=62, little=True, cls=2, ident=b"\x7fELF"):
    """fields: {(section, "offset"|"size"|"link"|"name"|"type"): value}; header: {field: value}"""
    e = "<" if little else ">"
    names = b"\0.modinfo\0.symtab\0.strtab\0.shstrtab\0.x\0"
    bodies = [("", 0, b""), (".modinfo", 1, modinfo), (".symtab", 2, bytes(24)), (".strtab", 3, b"\0"), (".shstrtab", 3, names)]
    bodies += [(".x", 1, b"")] * more
    head = dict(type=1, machine=machine, version=1, entry=0, phoff=0, shoff=0, flags=0, ehsize=64, phentsize=0, phnum=0, shentsize=64,
                shnum=len(bodies), shstrndx=4)
    out, sections = bytes(64), []
    for i, (name, kind, data) in enumerate(bodies):
        s = dict(name=names.index(b"\0" + name.encode() + b"\0") + 1 if name else 0, type=(types or {}).get(i, kind), flags=0, addr=0,
                 offset=len(out) if i else 0, size=len(data), link=3 if kind == 2 else 0, info=0, align=1, entsize=24 if kind == 2 else 0)
        s.update({f: v for (at, f), v in (fields or {}).items() if at == i})
        sections.append(s)
        out += data
    head["shoff"] = len(out)
    head.update(header or {})
    top = ident + bytes([cls, 1 if little else 2, 1]) + bytes(9) + struct.pack(e + "HHIQQQIHHHHHH", *(head[k] for k in (
        "type", "machine", "version", "entry", "phoff", "shoff", "flags", "ehsize", "phentsize", "phnum", "shentsize", "shnum", "shstrndx")))
    table = b"".join(struct.pack(e + "IIQQQQIIQQ", *(s[k] for k in ("name", "type", "flags", "addr", "offset", "size", "link", "info", "align", "entsize")))
                     for s in sections)
    return top + out[64:] + table
