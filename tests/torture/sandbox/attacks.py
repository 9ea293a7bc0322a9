"""attacks.py: recipes that want to hang, grow or break out; prints a count. See sandbox.sh."""
import os, re, resource, subprocess, sys, time

SECONDS, MEMORY, STDERR = 5.0, 256_000_000 >> 10, 64 << 10  # memory in KiB, of the whole process
JKR = os.environ["JKR"]
SMALL = os.environ.get("TORTURE") == "small"

# name, text, what the message has to say ("" when it may also be fine)
TIME = "E0006"
ATTACKS = [
    # time
    ("LU-010", "while true do end", TIME),
    ("LU-011", "while true do pcall(function() while true do end end) end", TIME),
    ("LU-012", "repeat until false", TIME),
    ("LU-013", "local function f() return f() end f()", TIME),
    ("LU-014", "coroutine.wrap(function() while true do end end)()", "E0002"),
    ("LU-015", "local s = ('a'):rep(40000) s:find(('a*'):rep(30) .. 'b')", TIME),
    ("LU-016", "local n = 0 ('x'):rep(16777216):gsub('.', function() for i = 1, 1e6 do n = n + 1 end end)", TIME),
    ("LU-016b", "('x'):rep(1e6):gsub('.-.-.-.-.-b', '')", TIME),
    ("LU-017", "setmetatable({}, { __gc = function() while true do end end })", "E0002"),
    ("LU-018", "local x <close> = setmetatable({}, { __close = function() while true do end end })", "E0002"),
    ("LU-018b", "local x <close> = { }", "E0005"),
    ("LU-018c", "local x <const> = 1; x = 2", "E0001"),
    ("LU-019", "local t = {} for i = 1, 2e6 do t[i] = i % 7 end table.sort(t, function() return true end)", "E000"),
    ("LU-019b", "local t = {} for i = 1, 5000 do t[i] = i end table.sort(t, function() while true do end end)", TIME),
    ("LU-019c", "local n = 0 local t = {} for i = 1, 1e6 do t[i] = (i * 7919) % 1000003 end while true do table.sort(t) table.sort(t, function(a, b) return a > b end) end", TIME),
    ("LU-020", "while true do local s = ('x'):rep(16777216) .. 'y' end", TIME),
    ("LU-020b", "while true do pcall(string.rep, 'x', 1e9) end", TIME),
    ("LU-021", "xpcall(error, function() while true do end end)", "E0002"),
    ("LU-022", "for i = math.mininteger, math.maxinteger do end", TIME),
    ("LU-023", "for i = 1, math.huge do end", TIME),
    ("LU-024", "for i = 1.0, 1e300, 1e-9 do end", TIME),
    ("LU-025", "::a:: goto a", TIME),
    ("LU-026", "::a:: do goto b end ::b:: pcall(error) goto a", TIME),
    ("LU-027", "for s in ('x'):rep(16777216):gmatch('.') do for i = 1, 1e5 do end end", TIME),
    ("LU-028", "local s = ('a'):rep(16777216) while true do s:find('b', 1, true) end", TIME),
    ("LU-028b", "local s = ('a'):rep(1e6) while true do s:rep(16):reverse():upper():lower() end", TIME),
    ("LU-029", "local t = {} for i = 1, 1e5 do t[i] = 1 end while true do table.insert(t, 1, 0) table.remove(t, 1) end", TIME),
    ("LU-029b", "table.move({}, 1, math.maxinteger - 1, 2)", "E000"),
    ("LU-029c", "table.concat({}, '', 1, 1e9)", "E0006"),
    ("LU-029d", "local t = {} for i = 1, 1e5 do t[i] = true end local k repeat k = next(t, k) until not k", TIME),
    ("LU-029e", "while true do for k, v in pairs({ 1, 2, 3 }) do end end", TIME),
    ("LU-029f", "utf8.len(('\\u{7fffffff}'):rep(2e6), 1, -1, true) while true do utf8.len(('a'):rep(1e7)) end", TIME),
    ("LU-029g", "for _, c in utf8.codes(('a'):rep(16777216)) do for i = 1, 1e5 do end end", TIME),
    # memory
    ("LU-030", "local s = 'x' while true do s = s .. s end", TIME),
    ("LU-031", "local s = ('x'):rep(1e9)", "16 MiB"),
    ("LU-032", "local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(1e6) .. i end", TIME),
    ("LU-033", "local t = {} for i = 1, 1e9 do t[i] = i end", TIME),
    ("LU-033b", "local t = {} for i = 1, 1e9 do t[i] = {} end", TIME),
    ("LU-033c", "local t = {} for i = 1, 1e9 do t[i .. ''] = i end", TIME),
    ("LU-034", "local t = {} for i = 1, 1e9 do t[i] = function() return t, i end end", TIME),
    ("LU-035", "local t = {} while true do t = { t } end", TIME),
    ("LU-036", "('x'):rep(1e5):gsub('x', ('y'):rep(1e5))", TIME),
    ("LU-036b", "('x'):rep(1e5):gsub('x', function() return ('y'):rep(1e5) end)", TIME),
    ("LU-036c", "('x'):rep(1e5):gsub('', '%0%0%0%0%0%0%0%0%0%0')", ""),
    ("LU-037", "local t = {} for i = 1, 1e5 do t[i] = ('x'):rep(1e5) end table.concat(t)", TIME),
    ("LU-037b", "local s = ('x'):rep(1e7) local t = {} for i = 1, 1000 do t[i] = s end table.concat(t)", TIME),
    ("LU-038", "local t = {} while true do pcall(function() while true do t[#t + 1] = ('x'):rep(1e6) .. #t end end) end", TIME),
    ("LU-039", "error(('x'):rep(16777216))", "E0005"),
    ("LU-039b", "local s = ('x'):rep(16777216) local ok, e = pcall(error, s .. s) error(e .. e)", "E00"),
    ("LU-040", "string.format('%99999d', 1)", "E0005"),
    ("LU-040b", "local s = ('%s'):rep(1e6) string.format(s, table.unpack({}, 1, 1e6))", "E000"),
    ("LU-040c", "local s = ('x'):rep(16777216) string.format('%s%s%s%s%s%s%s%s%s%s%s%s%s%s%s%s%s', s,s,s,s,s,s,s,s,s,s,s,s,s,s,s,s,s)", TIME),
    ("LU-040d", "string.format('%q', ('\\0'):rep(16777216))", ""),
    ("LU-040e", "string.format('%.99f', 1e308) string.format('%a', 1e308) string.format('%5.3s', 'x')", ""),
    ("LU-041", "coroutine.create(print)", "E0002"),
    ("LU-042", "string.char(table.unpack({}, 1, 1e7))", "E000"),
    ("LU-043", "utf8.char(table.unpack({}, 1, 1e7))", "E000"),
    ("LU-044", "string.pack('!16 i16 z s8', 1, 'x', ('y'):rep(1e7))", ""),
    ("LU-044b", "string.unpack('c2147483647', 'x')", "E0005"),
    # stack
    ("LU-045", "local function f() return 1 + f() end f()", "E000"),
    ("LU-046", "local t = {} for i = 1, 190 do t = { t } end local function f(x) return (('x'):gsub('x', f)) end f()", "E000"),
    ("LU-046b", "local function f() table.sort({ 3, 2, 1 }, f) end f()", "E000"),
    ("LU-047", "local function f() return pcall(f) end while true do f() end", TIME),
    ("LU-048", "local function f(...) return f(1, ...) end f()", "E000"),
    ("LU-049", "local function f() local ok, e = pcall(f) error(e) end f()", "E000"),
    ("LU-050", "table.unpack({}, 1, 1e6)", "E0005"),
    ("LU-051", "table.unpack({}, 1, 1e8)", "E0006"),
    ("LU-052", "table.unpack({}, math.mininteger, math.maxinteger)", "E0006"),
    ("LU-053", "select(-1e9, 1)", "E0005"),
    ("LU-054", "string.byte(('x'):rep(1e7), 1, -1)", "E000"),
    ("LU-055", "('x'):rep(300):find(('('):rep(40) .. 'x' .. (')'):rep(40))", "E0005"),
    ("LU-056", "('x'):find(('%b()'):rep(1e5))", ""),
    ("LU-057", "('((('):find('%f')", "E0005"),
    ("LU-058", "('x'):rep(1e5):match(('.-'):rep(1e4) .. 'y')", "pattern too complex"),
    # code loading, reach
    ("LU-061", "string.dump(function() end)", "no `dump`"),
    *[(f"LU-07{i}", text, "E0002") for i, text in enumerate((
        "io.open('/etc/passwd')", "io.popen('id')", "os.execute('id')", "os.exit(0)", "os.remove('/x')",
        "os.rename('a', 'b')", "os.tmpname()", "os.getenv('HOME')", "dofile('/etc/passwd')", "loadfile('/etc/passwd')"))],
    *[(f"LU-08{i}", text, "E0002") for i, text in enumerate((
        "require 'x'", "package.loadlib('x', 'y')", "load('x')", "debug.getinfo(1)", "debug.getregistry()",
        "collectgarbage()", "rawset({}, 1, 2)", "getmetatable('').__index.rep = nil", "_G.x = 1", "warn('@on')"))],
    ("LU-090", "(''):rep(1) local m = getmetatable('')", "E0002"),
    ("LU-091", "('').format = 1", "E00"),
    ("LU-092", "x = 1", "E0004"),
    ("LU-093", "return stesp", "E0003"),
    ("LU-094", "_ENV.x = 1", "E0004"),
    ("LU-094b", "local _ENV = {} x = 1 return x", ""),
    ("LU-094c", "_ENV = nil return write", "E00"),
    ("LU-095", "table.insert = nil", "E0004"),
    ("LU-096", "math.random()", "no `random`"),
    ("LU-097", "local s = write 'a' { path = 'a', text = 'x' } s.x = 1", "E00"),
    ("LU-098", "local s = write 'a' { path = 'a', text = 'x' } return #s", "E00"),
    ("LU-099", "local s = write 'a' { path = 'a', text = 'x' } return s < s", "E0005"),
    # errors without a text, shapes
    ("LU-100", "error({})", "a table"),
    ("LU-101", "error(nil)", "nil"),
    ("LU-101b", "error()", "nil"),
    ("LU-101c", "error(function() end)", "is function"),
    ("LU-101d", "local ok, e = pcall(error, {}) error(e, 0)", "E0005"),
    ("LU-104", "error('\\27[31m\\0\\n\\r\\7 end\\u{202e}')", "E0005"),
    ("LU-105", "assert(false, {})", "E0005"),
    ("LU-106", "assert(false, nil)", "E0005"),
    ("LU-121", "local t = {} t.t = t return t", "32 deep"),
    ("LU-122", "local t = {} for i = 1, 100000 do t = { t } end return t", "32 deep"),
    ("LU-123", "return { 0/0 }", "E0017"),
    ("LU-123b", "return { 1/0 }", "E0017"),
    ("LU-133", "for i = 1, 300000 do write { path = 'a', text = 'b' } end", TIME),
    ("LU-252", "return tostring({})", "no text"),
    ("LU-252b", "return ('%p'):format(1)", "no %p"),
    ("LU-253", "for k in pairs({ [{}] = 1 }) do end", "no order"),
    ("LU-260", "use 'LU-260.lua' { }", "32 deep"),
    ("LU-263", "use '../../etc/passwd' { }", "leaves"),
    ("LU-263b", "use '/etc/passwd' { }", "E00"),
    ("LU-267", "use 'fifo' { }", "not a regular file"),
    ("LU-268", "toolchain '../x'", "is a path"),
    ("LU-269", "plugin 'a/../../x'", "E00"),
    ("LU-270", "for i = 1, 1e6 do pcall(use, 'none' .. i) end", "E00"),
    ("LU-271", "option.string 'x' { default = ('x'):rep(16777216) }", ""),
    ("LU-272", "write { path = 'x', text = ('x'):rep(16777216) } " * 40, TIME),
]

# texts that no reader of a language may stumble over
def texts():
    deep = 100000
    yield "LU-060", b"\x1bLuaT\x00\x19\x93\r\n\x1a\n" + b"\xff" * 100, "compiled"
    yield "LU-060b", b"\x1bLua" * 100, "compiled"
    yield "LU-230", b"", ""
    yield "LU-231", b"\n\nx = = 3\n", ":3"
    yield "LU-232", b"return 'x", "E0001"
    yield "LU-233", b"--[[", "E0001"
    yield "LU-233b", b"return [" + b"=" * 200000 + b"[", "E0001"
    yield "LU-234", b"return " + b"(" * 300 + b"1" + b")" * 300, "E000"
    yield "LU-234b", b"return " + b"(" * deep, "E000"
    yield "LU-234c", b"return " + b"-" * 2 + b"\n" + b"not " * deep + b"1", "E000"
    yield "LU-235", b"return " + b"{" * deep + b"}" * deep, "E000"
    yield "LU-235b", b"do " * deep, "E000"
    yield "LU-235c", b"local f = " + b"function() return " * deep, "E000"
    yield "LU-235d", b"return " + b"'a' .. " * deep + b"'b'", "E000"
    yield "LU-235e", b"return a" + b".a" * deep, "E000"
    yield "LU-235f", b"return 1" + b" + 1" * deep, ""
    yield "LU-235g", b"return 1" + b" ^ 1" * deep, "E000"
    yield "LU-235h", b"x" + b"()" * deep, "E000"
    yield "LU-236", b"local " + b", ".join(b"a%d" % i for i in range(300)) + b" = 1", "E0001"
    yield "LU-236b", b"\n".join(b"local a%d = 1" % i for i in range(60000)), "E0001"
    yield "LU-236c", b"return " + b", ".join(b"%d" % i for i in range(150000)), "E00"
    yield "LU-236d", b"return {" + b", ".join(b"'k%d'" % i for i in range(100000)) + b"}", ""
    yield "LU-237", b"return '" + b"x" * 1000000 + b"'", ""
    yield "LU-237b", b"-- " + b"x" * (1 << 20), "larger than 1 MiB"
    yield "LU-237c", b"return " + b"x" * 1000000, "E00"
    yield "LU-237d", b"goto " + b"x" * 1000000, "E0001"
    yield "LU-238", "return 1".encode("utf-16"), "E0007"
    yield "LU-238b", "return 1".encode("utf-32"), "E0007"
    yield "LU-239", b"\xef\xbb\xbfreturn 'x'\r\n", ""
    yield "LU-239b", b"\xef\xbb\xbf\xef\xbb\xbfreturn 'x'", "E0001"
    yield "LU-239c", b"#!/usr/bin/jkr\nreturn nothing_here", ":2"
    yield "LU-240", b"return 'a\0b'", "NUL"
    yield "LU-240b", b"return 'a\\0b'", "NUL"
    yield "LU-241", b"-- \xff\xfe\n", "UTF-8"
    yield "LU-241b", b"-- \xc0\x80\n", "UTF-8"
    yield "LU-241c", b"-- \xed\xa0\x80\n", "UTF-8"
    yield "LU-242", "local x = 'a' --\u202e } \u2066 if\nreturn nothing_here".encode(), "U+202E"
    yield "LU-243", b"return '\\u{ffffffffff}'", "E0001"
    yield "LU-244", b"return 0x" + b"f" * 100000, ""
    yield "LU-244b", b"return 1" + b"0" * 100000, "E00"
    yield "LU-245", b";" * 1000000, ""
    yield "LU-245b", b"\n" * 1000000 + b"x", "1000001"
    yield "LU-246", b"goto x", "E0001"
    yield "LU-247", b"".join(b"::a%d:: " % i for i in range(50000)), ""


class Spinner:
    """A process that only wants to run, beside the attacks: what it was kept waiting, they were, too."""

    def __init__(self):
        self.child = subprocess.Popen([sys.executable, "-c", "while True: pass"])
        self.ticks, self.begun = 0, 0.0

    def begin(self):
        self.ticks, self.begun = self.used(), time.monotonic()

    def used(self):
        with open(f"/proc/{self.child.pid}/stat") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def slowness(self):
        """how many times longer than alone on a processor something took since the beginning"""
        return max(1.0, (time.monotonic() - self.begun) / max(0.01, self.used() - self.ticks))


def check(name, text):
    path = f"{name}.lua"
    with open(path, "wb") as f:
        f.write(text if isinstance(text, bytes) else text.encode())
    spinner.begin()
    begun = time.monotonic()
    with open("stderr", "wb") as err:
        child = subprocess.Popen([JKR, "check", path], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=err)
        try:
            _, status, usage = os.wait4(child.pid, 0)
        finally:
            child.returncode = 0
    took, slowness = time.monotonic() - begun, spinner.slowness()
    with open("stderr", "rb") as err:
        said = err.read()
    return path, os.waitstatus_to_exitcode(status), usage, took, slowness, said


def faults(path, want, status, usage, took, slowness, said):
    text = said.decode("utf-8", "replace")
    # the machine is shared: who is not let run takes longer, by as much as anybody, but uses no more of the processor
    if usage.ru_utime + usage.ru_stime > SECONDS:
        yield f"used the processor for {usage.ru_utime + usage.ru_stime:.1f} s"
    if took > SECONDS * slowness:
        yield f"took {took:.1f} s, and all took {slowness:.1f} times as long"
    if usage.ru_maxrss > MEMORY:
        yield f"took {usage.ru_maxrss >> 10} MiB"
    if len(said) > STDERR:
        yield f"said {len(said)} bytes"
    if status < 0 or status not in (0, 1, 2, 4, 6):
        yield f"exit status {status}"
    if re.search(r"\((SEGV|ABRT|BUS|SYS|ILL)\)", text):
        yield "the load crashed"
    if want and (want not in text or status == 0):
        yield f"no `{want}` in what it says"
    if status and f"--> {path}" not in text and "E0008" not in text:
        yield "no place"
    if re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", said):
        yield "a control byte in what it says"


os.mkfifo("fifo") if not os.path.exists("fifo") else None
open("jkr.yaml", "w").close()
spinner = Spinner()
all_of = [*ATTACKS, *texts()]
if SMALL:  # those that end at once, and a few of each slow kind
    slow = [a for a in all_of if a[2] == TIME]
    all_of = [a for a in all_of if a[2] != TIME] + slow[::12]
failed = 0
longest, largest, slowest = 0, 0, 1
for name, text, want in all_of:
    path, status, usage, took, slowness, said = check(name, text)
    slowest = max(slowest, slowness if took > 1 else 1)
    longest, largest = max(longest, took), max(largest, usage.ru_maxrss)
    bad = list(faults(path, want, status, usage, took, slowness, said))
    failed += bool(bad)
    if bad:
        print(f"sandbox: {name}: {'; '.join(bad)}\n  {said[:400].decode('utf-8', 'replace')}")
# positive control: the same eyes see a process that takes more, and one that dies
hog = subprocess.Popen([sys.executable, "-c", "x = b'x' * (400 << 20)"])
if os.wait4(hog.pid, 0)[2].ru_maxrss < MEMORY:
    failed += 1
    print("sandbox: the control is not seen")
hog = subprocess.Popen([sys.executable, "-c", "import time\nwhile time.process_time() < 5.5: pass"])
spinner.begin()
begun = time.monotonic()
usage = os.wait4(hog.pid, 0)[2]
if not list(faults("x", "", 0, usage, time.monotonic() - begun, spinner.slowness(), b"")):
    failed += 1
    print("sandbox: a load of 5.5 s is not seen")
spinner.child.kill()
spinner.child.wait()
print(f"torture sandbox-attacks: {len(all_of)} cases, {failed} failed (longest {longest:.1f} s, with others waiting up to {slowest:.1f} times as long, largest {largest >> 10} MiB)")
sys.exit(failed != 0)
