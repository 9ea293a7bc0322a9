"""tars: tar, zip and ar made byte by byte, also where they lie."""
import struct
import zlib


def octal(n, width):
    if 0 <= n < 8 ** (width - 1):
        return b"%0*o\0" % (width - 1, n)
    return (n & ((1 << 8 * width) - 1) | 1 << (8 * width - 1)).to_bytes(width, "big")  # base-256, also of what is negative


def raw(text):
    return text if isinstance(text, bytes) else text.encode()


def head(name, kind=b"0", size=0, mode=0o644, link="", uid=0, gid=0, mtime=1_600_000_000, prefix="", uname="", dev=(0, 0), size_field=None):
    h = raw(name)[:100].ljust(100, b"\0") + octal(mode, 8) + octal(uid, 8) + octal(gid, 8)
    h += (size_field or octal(size, 12)) + octal(mtime, 12) + b" " * 8 + kind + raw(link)[:100].ljust(100, b"\0")
    h += b"ustar\0" + b"00" + raw(uname).ljust(32, b"\0") * 2 + octal(dev[0], 8) + octal(dev[1], 8)
    h = (h + raw(prefix).ljust(155, b"\0")).ljust(512, b"\0")
    return h[:148] + b"%06o\0 " % sum(h) + h[156:]


def body(data):
    data = raw(data)
    return data + bytes(-len(data) % 512)


def file(name, data="x", **more):
    return head(name, size=len(raw(data)), **more) + body(data)


def folder(name, **more):
    return head(name, b"5", **{"mode": 0o755, **more})


def symlink(name, target, **more):
    return head(name, b"2", link=target, **{"mode": 0o777, **more})


def hard(name, target):
    return head(name, b"1", link=target)


def record(key, value):
    value = raw(value)
    n = len(key) + len(value) + 3
    n += len(str(n + len(str(n))))
    return b"%d %s=%s\n" % (n, raw(key), value)


def pax(text=None, kind=b"x", **records):
    text = text if text is not None else b"".join(record(k.replace("__", "."), v) for k, v in records.items())
    return head("pax", kind, size=len(text)) + body(text)


def long(name, kind=b"L"):
    return head("././@LongLink", kind, size=len(raw(name)) + 1) + body(raw(name) + b"\0")


def tar(*members, end=1024):
    return b"".join(members) + bytes(end)


def zip_local(name, data, method=0, crc=None, flags=0):
    packed = raw(data) if method == 0 else zlib.compress(raw(data), 9)[2:-4]
    crc = zlib.crc32(raw(data)) if crc is None else crc
    return struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, flags, method, 0, 0x21, crc, len(packed), len(raw(data)), len(raw(name)), 0) + \
        raw(name) + packed, len(packed), crc


def zipped(members, lie=None, cut=0):
    """members: (name, data[, mode[, crc]]); lie: {name in the central directory: name in the local header}"""
    out, central = b"", b""
    for name, data, *rest in members:
        mode, crc = (rest + [0o100644, None])[0] if rest else 0o100644, rest[1] if len(rest) > 1 else None
        local, packed, crc = zip_local((lie or {}).get(name, name), data, 8 if len(raw(data)) > 4096 else 0, crc)
        central += struct.pack("<IBBHHHHHIIIHHHHHII", 0x02014B50, 20, 3, 20, 0, 8 if len(raw(data)) > 4096 else 0, 0, 0x21, crc, packed,
                               len(raw(data)), len(raw(name)), 0, 0, 0, 0, mode << 16, len(out)) + raw(name)
        out += local
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, len(members), len(members), len(central), len(out), 0)
    whole = out + central + end
    return whole[:len(whole) - cut] if cut else whole


def ar(*members):
    out = b"!<arch>\n"
    for name, data in members:
        out += b"%-16s%-12d%-6d%-6d%-8s%-10d`\n" % (raw(name), 0, 0, 0, b"100644", len(data)) + data + b"\n" * (len(data) % 2)
    return out


def deb(data, data_name="data.tar", control=None):
    return ar(("debian-binary", b"2.0\n"), ("control.tar", control or tar(file("./control", "Package: x\n"))), (data_name, data))
