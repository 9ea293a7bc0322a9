"""packed: archives in every compression, in zip, in .deb and in each other: damaged, false, or small outside and large inside."""
import bz2
import gzip
import lzma
import struct
import subprocess
import zlib

from archives import bad, good
from case import LARGE
from tars import ar, deb, file, folder, symlink, tar, zipped

ONE = tar(file("a", "hello\n" * 2000))
OUT = {"a": "hello\n" * 2000}
G = 1 << 30


def zstd(data):
    return subprocess.run(["zstd", "-q", "-c"], input=data, stdout=subprocess.PIPE, check=True).stdout


FILTERS = {"gzip": lambda d: gzip.compress(d, mtime=0), "bzip2": bz2.compress, "xz": lzma.compress, "zstd": zstd,
           "lzma": lambda d: lzma.compress(d, lzma.FORMAT_ALONE)}


def often(data, n):
    for _ in range(n):
        data = gzip.compress(data, mtime=0)
    return data


def flipped(data, at, bit=1):
    at %= len(data)
    return data[:at] + bytes([data[at] ^ bit]) + data[at + 1:]


def filters():
    for name, pack in FILTERS.items():
        packed = pack(ONE)
        yield good(f"AR-079-{name}", f"{name}: the ordinary file", packed, OUT, small=name == "xz")
        yield bad(f"AR-083-{name}", f"{name} cut in the middle", packed[:len(packed) // 2], "E0402", "x.tar", small=name == "gzip")
        yield bad(f"AR-084-{name}", f"{name} cut by its last byte", packed[:-1], "E0402", "x.tar") if name != "lzma" else \
            bad(f"AR-084-{name}", "lzma cut by its last bytes", packed[:-6], "E0402", "x.tar")
        yield bad(f"AR-085-{name}", f"{name}: one bit of the data flipped", flipped(packed, len(packed) // 2), "E0402", "x.tar")
        yield bad(f"AR-086-{name}", f"{name} of nothing", pack(b""), "E0401" , "x.tar")
        yield bad(f"AR-088-{name}", f"{name}: the magic and no more", packed[:6], "E0401" if name == "lzma" else "E0402", "x.tar")
        yield bad(f"AR-089-{name}", f"{name} of a text", pack(b"<html>not a tar</html>" * 100), "E0401", "x.tar")
        yield bad(f"AR-097-{name}", f"{name} of climbing names", pack(tar(file("../evil"))), "E0403", "entry 1")
    gz = gzip.compress(ONE, mtime=0)
    yield bad("AR-087", "bit flip in the gzip CRC", flipped(gz, -6), "E0402", "x.tar", small=True)
    yield bad("AR-087a", "bit flip in the gzip length", flipped(gz, -2), "E0402")
    yield bad("AR-087b", "bit flip in the xz index", flipped(lzma.compress(ONE), -20), "E0402")
    yield bad("AR-087c", "bit flip in the CRC of a bzip2 stream", flipped(bz2.compress(ONE), -3, 8), "E0402")
    yield good("AR-094", "two gzip members, as pigz and cat make them", gzip.compress(ONE[:5000], mtime=0) + gzip.compress(ONE[5000:], mtime=0), OUT)
    yield good("AR-094a", "two xz streams with padding", lzma.compress(ONE[:5000]) + bytes(8) + lzma.compress(ONE[5000:]), OUT)
    yield good("AR-094b", "gzip with garbage behind it: gzip warns, the data is whole", gz + b"garbage", OUT)
    yield bad("AR-097", "plain text under a .tar.xz name", b"plain text\n" * 100, "E0401", "x.tar", small=True)
    yield good("AR-098", "gzip in gzip in gzip", gzip.compress(gzip.compress(gz, mtime=0), mtime=0), OUT)
    yield bad("AR-099", "gzip 200 times: each would be a decoder of its own", often(gz, 200), "E0401", "more than 3 times")
    yield bad("AR-153", "lrzip magic (a permissive reader would start a program)", b"LRZI\0\6" + bytes(100), "E0401")
    yield bad("AR-153a", "compress (.Z) magic", b"\x1f\x9d\x90" + bytes(100), "E0401")
    yield bad("AR-153b", "uuencoded tar", b"begin 644 x.tar\n#0V%T\n`\nend\n", "E0401")
    yield bad("AR-153c", "RPM magic", b"\xed\xab\xee\xdb\3\0\0\0" + bytes(100), "E0401")
    yield bad("AR-153d", "7z magic", b"7z\xbc\xaf\x27\x1c\0\4" + bytes(100), "E0401")


def zeros(n, chunk=1 << 24):
    while n > 0:
        yield bytes(min(n, chunk))
        n -= chunk


def gzip_zeros(n):
    c = zlib.compressobj(9, zlib.DEFLATED, 31)
    head_ = tar(file("z", ""), end=0)
    return b"".join([c.compress(block) for block in [sized(n), *zeros(n)]] + [c.flush()]) if head_ else b""


def sized(n):
    from tars import head
    return head("z", size=n)


def bombs():
    bound = "ratio"
    member = gzip.compress(bytes(64 << 20), mtime=0)
    yield bad("AR-140", "1 GiB of zeros in 1 MiB (16 gzip members)", gzip.compress(sized(G), mtime=0) + member * 16, "E0407", bound)
    stream = bz2.compress(bytes(128 << 20))
    yield bad("AR-141", "1 GiB of zeros in about 1 KiB (bzip2)", bz2.compress(sized(G)) + stream * 8, "E0407", bound, small=True)
    stream = lzma.compress(bytes(64 << 20), preset=1)
    yield bad("AR-142", "1 GiB of zeros, xz with 16 streams", lzma.compress(sized(G)) + stream * 16, "E0407", bound)
    frame = struct.pack("<IB", 0xFD2FB528, 0b00000000) + b"\x58"
    block = lambda last: ((1 << 17 << 3) | 1 << 1 | last).to_bytes(3, "little") + b"\0"  # noqa: E731
    yield bad("AR-143", "1 GiB of zeros, zstd RLE blocks", zstd(sized(G)) + frame + block(0) * 8191 + block(1), "E0407", bound)
    yield bad("AR-144", "1 GiB of zeros, one deflate stream", gzip_zeros(G), "E0407", bound)
    yield bad("AR-144a", "1 GiB of zeros in zip", zipped_zeros(G), "E0407")
    yield bad("AR-145", "500 names of a zip share one body of 4 MiB zeros", overlapping(500, 4 << 20), "E0403", "entry 2")
    yield bad("AR-146", "max_size holds", gzip.compress(tar(file("a", bytes(3 << 20))), mtime=0), "E0407", "max_size",
              recipe='return untar "src" { "x.tar", max_size = "2M" }\n')
    yield bad("AR-148", "xz declares a 4 GiB dictionary", xz_dictionary(40), "E0407", "memory")
    yield bad("AR-148a", "lzma declares a 4 GiB dictionary", b"\x5d" + struct.pack("<IQ", 0xFFFFFFFF, 1000) + bytes(100), "E0401")
    yield bad("AR-148b", "zstd asks for a window of 2 GiB", struct.pack("<IB", 0xFD2FB528, 0) + b"\xa8" + bytes(10), "E0407", "memory")


def zipped_zeros(n):
    c = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = b"".join([c.compress(b) for b in zeros(n)] + [c.flush()])
    crc = 0
    for b in zeros(n):
        crc = zlib.crc32(b, crc)
    local = struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 0, 8, 0, 0x21, crc, len(packed), n, 1, 0) + b"z" + packed
    central = struct.pack("<IBBHHHHHIIIHHHHHII", 0x02014B50, 20, 3, 20, 0, 8, 0, 0x21, crc, len(packed), n, 1, 0, 0, 0, 0, 0o100644 << 16, 0) + b"z"
    return local + central + struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 1, 1, len(central), len(local), 0)


def overlapping(n, size):
    from tars import zip_local
    local, packed, crc = zip_local("a000", bytes(size), 8)
    central = b"".join(struct.pack("<IBBHHHHHIIIHHHHHII", 0x02014B50, 20, 3, 20, 0, 8, 0, 0x21, crc, packed, size, 4, 0, 0, 0, 0,
                                   0o100644 << 16, 0) + b"a%03d" % i for i in range(n))
    return local + central + struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, n, n, len(central), len(local), 0)


def xz_dictionary(bits):
    whole = bytearray(lzma.compress(ONE, check=lzma.CHECK_NONE))
    whole[12 + 4] = bits  # the LZMA2 property of the one block
    whole[12 + 8:12 + 12] = struct.pack("<I", zlib.crc32(bytes(whole[12:12 + 8])))
    return bytes(whole)


def zips():
    yield good("AR-159", "zip: the ordinary file", zipped([("a", "hello\n" * 2000), ("d/b", "x", 0o100755)]), {**OUT, "d/b": "x"})
    yield bad("AR-160", "zip with a wrong CRC", zipped([("a", "hello", 0o100644, 0x12345678)]), "E0402", "entry 1", small=True)
    yield bad("AR-161", "zip: symlink, then a file through it", zipped([("d", "/canary", 0o120777), ("d/evil", "x")]), "E0404", "entry 2")
    yield bad("AR-162", "zip: local name ok.txt, central name ../evil", zipped([("../evil", "x")], lie={"../evil": "ok.txt"}), "E0403", "x.tar")
    yield bad("AR-162a", "zip: local name ../evil, central name ok.txt", zipped([("ok.txt", "x")], lie={"ok.txt": "../evil"}), "E0403", "x.tar")
    yield bad("AR-164", "zip: central directory cut off", zipped([("a", "hello"), ("b", "x")], cut=60), "E0402", "x.tar")
    yield bad("AR-164a", "zip: only the end record", struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 0, 0, 0, 0, 0), "E0402")
    yield bad("AR-165", "zip: absolute symlink target in a member of 1 MiB", zipped([("l", "/" * (1 << 20), 0o120777)]), "E0402", "x.tar")
    yield bad("AR-166", "zip: a device by its mode", zipped([("n", "", 0o020666)]), "E0406", "`n`")
    yield bad("AR-167", "zip: encrypted member", encrypted(), "E0402", "entry 1")
    yield bad("AR-168", "zip: end record with a comment that holds another archive", zipped([("a", "x")])[:-2] + struct.pack("<H", 30) +
              b"PK\5\6" + bytes(26), "E0402")


def encrypted():
    whole = bytearray(zipped([("a", "x" * 20)]))
    whole[6] |= 1
    whole[whole.index(b"PK\1\2") + 8] |= 1
    return bytes(whole)


def nested():
    from case import refuse
    inner = 'return untar "src" { "x.tar", inner = "in.tar" }\n'
    yield good("AR-170", "archive in an archive", gzip.compress(tar(file("in.tar", bz2.compress(ONE))), mtime=0), OUT, recipe=inner)
    yield bad("AR-171", "inner archive climbs", tar(file("in.tar", gzip.compress(tar(file("../evil")), mtime=0))), "E0403", "`../evil`", recipe=inner)
    yield bad("AR-172", "inner archive is not there", tar(file("im.tar", "x")), "E0410", "im.tar", recipe=inner)
    yield bad("AR-173", "inner archive is a symlink to a file of the host", tar(symlink("in.tar", "/canary/file")), "E0410", "in.tar", recipe=inner)
    yield bad("AR-173a", "inner archive is a folder", tar(folder("in.tar")), "E0410", recipe=inner)
    yield bad("AR-174", "inner archive is cut", tar(file("in.tar", gzip.compress(ONE, mtime=0)[:-30])), "E0402", recipe=inner)
    yield bad("AR-175", "inner archive whole, the outer one damaged behind it", flipped(gzip.compress(tar(file("in.tar", ONE)), mtime=0), -6),
              "E0402", recipe=inner)
    yield bad("AR-176", "inner bomb: 1 GiB of zeros, bzip2 in a tar in gzip", gzip.compress(tar(file("in.tar", bz2.compress(sized(G)) +
              bz2.compress(bytes(128 << 20)) * 8)), mtime=0), "E0407", recipe=inner)
    yield good("AR-180", ".deb: its data is unpacked", deb(lzma.compress(tar(file("./usr/a", "x"))), "data.tar.xz"), {"usr/a": "x"}, small=True)
    yield bad("AR-181", ".deb whose data climbs", deb(tar(file("./../evil"))), "E0403", "entry 1")
    yield bad("AR-182", ".deb without data", ar(("debian-binary", b"2.0\n"), ("control.tar", tar(file("./control")))), "E0410", "data.tar")
    yield bad("AR-183", ".deb with a false size of a member", deb(ONE)[:-9000], "E0402", "x.tar")
    yield good("AR-184", "ar that is no .deb: its members", ar(("a.o", b"object")), {"a.o": "object"})
    yield bad("AR-185", "ar with a negative size", b"!<arch>\n" + b"%-16s%-12d%-6d%-6d%-8s%-10d`\n" % (b"debian-binary", 0, 0, 0, b"100644", -4),
              "E0410", "x.tar")
    yield good("AR-186", ".deb with two data members: the first, as dpkg takes it", ar(("debian-binary", b"2.0\n"), ("control.tar", tar(file("./control"))),
              ("data.tar", tar(file("a"))), ("data.tar.gz", gzip.compress(tar(file("b")), mtime=0))), {"a": "x"})
    yield refuse("AR-190", "the archive is a folder", "E0303", files={"x.tar/a": "x"}, recipe='return untar "src" { "x.tar" }\n')
    yield refuse("AR-191", "the archive is a symlink out of the project", ["E1011", "x.tar"], files={"x.tar": ("link", "/canary/file")},
                 recipe='return untar "src" { "x.tar" }\n')
    yield refuse("AR-192", "the archive is a fifo", ["E1011", "x.tar"], files={"x.tar": ("fifo",)}, recipe='return untar "src" { "x.tar" }\n')
    yield refuse("AR-193", "the archive is not there", ["E0112", "x.tar"], recipe='return untar "src" { "x.tar" }\n')


def cases():
    for part in (filters, bombs, zips, nested) if LARGE else (filters, zips):
        yield from part()
