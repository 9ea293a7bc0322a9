"""recipes: Lua that does not end, grows, breaks the stack, reaches for the host, or is no recipe."""
from case import accept, refuse

END = 'return write "w" { path = "a", text = "b" }\n'


def bad(id, what, text, *says, **more):
    """a recipe that is refused while it is loaded; what it would have returned stands behind it"""
    more.setdefault("run", ["check", "recipe.lua"])
    return refuse(id, what, list(says), recipe=text, **more)


def endless():
    """5 s of wall time and 256 MiB are the promise; the probe's clock is wider, for the machine may be busy"""
    limit = dict(seconds=15, memory=400, place="recipe.lua")
    yield bad("LU-010", "while true do end", "while true do end\n" + END, "E0006", small=True, **limit)
    yield bad("LU-011", "a loop that swallows the limit's error with pcall", "while true do pcall(function() while true do end end) end\n", "E0006",
              small=True, **limit)
    yield bad("LU-013", "infinite proper tail call", "local function f() return f() end\nf()\n", "E0006", **limit)
    yield bad("LU-014", "coroutine.wrap around an endless loop", "coroutine.wrap(function() while true do end end)()\n", "E0002", "coroutine")
    yield bad("LU-015", "pattern backtracking in C", "local s = ('a'):rep(40000)\ns:find(('a*'):rep(30) .. 'b')\n", "E0006", **limit)
    yield bad("LU-016", "gsub with a callback that always matches, endlessly", "local s = ('x'):rep(1e6)\nwhile true do s:gsub('.', function() return 'x' end) end\n",
              "E0006", **limit)
    yield bad("LU-017", "__gc with an endless loop", "setmetatable({}, { __gc = function() while true do end end })\n", "E0002", "setmetatable")
    yield bad("LU-018", "<close> variable whose __close never returns", "local x <close> = setmetatable({}, { __close = function() while true do end end })\n",
              "E0002", "setmetatable")
    yield bad("LU-019", "table.sort with a comparator that lies, 2e6 items", "local t = {}\nfor i = 1, 2e6 do t[i] = (i * 7919) % 1000 end\n"
              "table.sort(t, function(a, b) return true end)\n", "E0005|E0006", **limit)
    yield bad("LU-020", "string.rep of moderate sizes, endlessly", "while true do local s = ('x'):rep(1e6) .. ('y'):rep(1e6) end\n", "E0006", **limit)
    yield bad("LU-021", "xpcall handler that loops", "xpcall(function() error('x') end, function() while true do end end)\n", "E0006|E0002", **limit)
    yield bad("LU-030", "string doubling", "local s = 'x'\nwhile true do s = s .. s end\n", "E0006", **limit)
    yield bad("LU-032", "('x'):rep by the metatable of strings", "local s = ('x'):rep(1e10)\n", "E0005|E0006", **limit)
    yield bad("LU-033", "table growth", "local t = {}\nfor i = 1, 1e10 do t[i] = i end\n", "E0006", **limit)
    yield bad("LU-034", "tables in tables without end", "local t = {}\nwhile true do t = { t, {} , {} } end\n", "E0006", **limit)
    yield bad("LU-036", "gsub that multiplies: 1e5 x 1e5", "local s = ('x'):rep(1e5):gsub('.', ('y'):rep(1e5))\n", "E0006", **limit)
    yield bad("LU-038", "memory error caught by pcall and tried again for ever", "while true do pcall(function() local t = {} for i = 1, 1e9 do t[i] = {} end end) end\n",
              "E0006", **limit)
    yield bad("LU-039", "a message of 10 MiB", "error(('x'):rep(1e7))\n", "E0005", "xxx", **limit)
    yield bad("LU-039a", "a message of 100 MiB", "error(('x'):rep(1e8))\n", "E0006|E0005", **limit)
    yield bad("LU-041", "a million coroutines", "local t = {}\nfor i = 1, 1e6 do t[i] = coroutine.create(function() end) end\n", "E0002", "coroutine")
    yield bad("LU-042", "string.format with a width of a billion", "local s = ('%999999999d'):format(1)\n", "E0005", "recipe.lua:1")
    yield bad("LU-043", "table.concat of a million long texts", "local t = {}\nfor i = 1, 1e5 do t[i] = ('x'):rep(1000) end\nlocal s = table.concat(t)\nlocal u = s .. s .. s .. s\n",
              "E0005|E0006", **limit)


def stacks():
    here = "recipe.lua:1"
    yield bad("LU-045", "deep recursion", "local function f() return 1 + f() end\nf()\n", "E0005|E0006", "recipe.lua:1", small=True)
    yield bad("LU-046", "recursion through metamethods", "local t = setmetatable({}, { __index = function(t, k) return t[k] end })\nreturn t.x\n", "E0002", "setmetatable")
    yield bad("LU-046a", "recursion through gsub, which is C", "local function f(s) return (s:gsub('.', f)) end\nf('x')\n", "E0005|E0006", here)
    yield bad("LU-046b", "recursion through table.sort, which is C", "local function f() table.sort({ 2, 1 }, f) end\nf()\n", "E0005|E0006", here)
    yield bad("LU-048", "coroutines nested 10000 deep", "local function f(n) if n > 0 then coroutine.wrap(f)(n - 1) end end\nf(10000)\n", "E0002", "coroutine")
    yield bad("LU-049", "coroutine.close in __close", "local co\nco = coroutine.create(function() local x <close> = setmetatable({}, {}) end)\n", "E0002", "coroutine")
    yield bad("LU-051", "table.unpack of 1e8 values", "local t = {}\nlocal x = table.unpack(t, 1, 1e8)\n", "E0006", "recipe.lua:2")
    yield bad("LU-052", "table.unpack over the whole range of integers", "local x = table.unpack({}, math.mininteger, math.maxinteger)\n", "E0006", here)
    yield bad("LU-053", "string.byte of all of a long text", "local s = ('x'):rep(1e7)\nlocal t = { s:byte(1, -1) }\n", "E0005", "recipe.lua:2")
    yield bad("LU-060", "precompiled chunk (5.4 header and junk)", b"\x1bLua\x54\0\x19\x93\r\n\x1a\n\4\10\10" .decode("latin1") + "junk", "E0007", "compiled",
              place="recipe.lua")
    yield bad("LU-061", "string.dump and load of bytecode", "load(string.dump(function() end))\n", "E0002", here)
    for id, what in (("070", "io.open('/etc/passwd')"), ("071", "io.popen('id')"), ("072", "os.execute('touch /canary/evil')"), ("073", "os.exit(0)"),
                     ("074", "os.remove('/canary/file')"), ("075", "os.rename('/canary/file', '/canary/x')"), ("076", "os.tmpname()"), ("077", "os.getenv('HOME')"),
                     ("078", "loadfile('/etc/passwd')"), ("079", "dofile('/etc/passwd')"), ("080", "require('os')"), ("081", "package.loadlib('/usr/lib/x.so', '*')"),
                     ("082", "load('return 1')()"), ("083", "loadstring('return 1')()"), ("084", "debug.getregistry()"), ("085", "debug.sethook()"),
                     ("086", "collectgarbage('stop')"), ("087", "rawset(_G, 'x', 1)"), ("088", "getmetatable('').__index"), ("089", "_ENV.x = 1")):
        yield bad(f"LU-{id}", f"host reach: {what}", f"local x = {what}\n" if "= 1" not in what else f"{what}\n", "E0002|E0003|E0004", here,
                  small=id in ("070", "072"))
    yield bad("LU-090", "poison the metatable of strings", "local m = getmetatable('')\nm.__index = function() end\n", "E0002", here)
    yield bad("LU-091", "replace string.format", "string.format = function() end\n", "E0004", here)
    yield bad("LU-092", "write a global", "x = 1\n", "E0004", here, "`x`", small=True)
    yield bad("LU-093", "read an undefined global (typo)", "return stesp\n", "E0003", here, "stesp")
    yield bad("LU-094", "a global by _G", "_G.write = nil\n", "E0002|E0003|E0004", here)
    yield bad("LU-095", "change a library table: table.insert = nil", "table.insert = nil\n", "E0004", here)
    yield bad("LU-096", "change a library table with table.insert", "table.insert(string, 1)\n", "E0004|E0005", here)
    yield bad("LU-097", "replace a verb", "write = function() end\n", "E0004", here)
    yield bad("LU-098", "math.random", "local x = math.random()\n", "E0002|E0005", here)


def errors():
    here = "recipe.lua:1"
    yield bad("LU-100", "error with a table", "error({})\n", "E0005", here)
    yield bad("LU-101", "error(nil)", "error(nil)\n", "E0005", here)
    yield bad("LU-102", "error object whose __tostring errors", "error(setmetatable({}, { __tostring = function() error('x') end }))\n", "E0002", here)
    yield bad("LU-103", "error with a number", "error(42)\n", "E0005", here, "42")
    yield bad("LU-104", "error message with terminal escapes, NUL and newlines", "error('\\27[31mred\\0\\nerror[E0001]: forged\\n  --> /etc/passwd:1:1\\r')\n", "E0005", here,
              small=True)
    yield bad("LU-104a", "error message with controls of the second set and a right-to-left override", "error('\\xc2\\x9b31m \\xe2\\x80\\xae gnp')\n", "E0005", here)
    yield bad("LU-104b", "error message that is no UTF-8", "error('\\xff\\xfe caf\\xe9')\n", "E0005", here)
    yield bad("LU-105", "error of level 0", "error('plain', 0)\n", "E0005", "plain", "recipe.lua")
    yield bad("LU-106", "a dead coroutine resumed", "local c = coroutine.wrap(function() error('x') end)\nc()\n", "E0002", "coroutine")
    yield bad("LU-107", "yield from the main chunk", "coroutine.yield()\n", "E0002", "coroutine")
    yield bad("LU-108", "assert(false)", "assert(false)\n", "E0005", here)
    yield bad("LU-109", "the name of the file in a message is not obeyed", "local x = nil\nx.y = '\\27[2J'\n", "E0005", "recipe.lua:2")


def sources():
    yield bad("LU-230", "empty file", "", "E0020", "recipe.lua", files={"recipe.lua": ""})
    yield bad("LU-231", "syntax error on line 3", "local a = 1\nlocal b = 2\nlocal = 3\n" + END, "E0001", "recipe.lua:3", small=True)
    yield bad("LU-232", "a text that does not end", "local a = 'x\n" + END, "E0001", "recipe.lua:1")
    yield bad("LU-233", "a long comment that does not end", END + "--[==[ x\n", "E0001", "recipe.lua")
    yield bad("LU-234", "300 nested parentheses", "local x = " + "(" * 300 + "1" + ")" * 300 + "\n", "E0001", "more than 200 deep", place="recipe.lua")
    yield bad("LU-235", "100000 nested braces", "local x = " + "{" * 100000 + "}" * 100000 + "\n", "E0001", "more than 200 deep", place="recipe.lua")
    yield bad("LU-236", "300 local variables", "".join(f"local a{i} = {i}\n" for i in range(300)) + END, "E0001", "recipe.lua:201")
    yield bad("LU-237", "one line of 900 kB with a mistake in its middle", "local t = { " + "'xxxxxxxx', " * 35000 + "== " + "'xxxxxxxx', " * 35000 + "}\n" + END, "E0001",
              "recipe.lua:1")
    yield bad("LU-237a", "a name of 100000 letters", "local x = " + "n" * 100000 + "\n" + END, "E0003", "recipe.lua:1")
    yield refuse("LU-238", "UTF-16 source", ["E0007", "recipe.lua"], files={"recipe.lua": END.encode("utf-16")}, run=["check", "recipe.lua"], place="recipe.lua")
    yield accept("LU-239", "UTF-8 BOM and CRLF", files={"recipe.lua": b"\xef\xbb\xbf" + END.replace("\n", "\r\n").encode()}, out={"a": "b"})
    yield accept("LU-239a", "a line for the shell", recipe="#!/usr/bin/env jkr\n" + END, out={"a": "b"})
    yield bad("LU-240", "NUL in the source", "local a = 1 -- \0\n" + END, "E0007", "recipe.lua", place="recipe.lua")
    yield bad("LU-241", "a source of 2 MiB", "-- x\n" * 500000 + END, "E0007", "recipe.lua", place="recipe.lua")
    yield bad("LU-242", "bidi override hides code in a comment", 'local a = 1 -- \u202e } \u2066 if evil\n' + END, "E0007", "recipe.lua:1", small=True)
    yield bad("LU-242a", "bidi override in a text", 'return write "w" { path = "a\u202e", text = "b" }\n', "E0007", "recipe.lua:1")
    yield refuse("LU-243", "Latin-1 source", ["E0007", "recipe.lua"], files={"recipe.lua": "-- caf\xe9\n".encode("latin1") + END.encode()}, run=["check", "recipe.lua"],
                 place="recipe.lua")
    yield bad("LU-244", "a file of only comments", "-- nothing\n" * 10, "E0020", "recipe.lua")
    yield bad("LU-245", "goto into nowhere", "goto x\n", "E0001", "line 1")
    for id, what in (("250", "os.time()"), ("250a", "os.clock()"), ("250b", "os.date()")):
        yield bad(f"LU-{id}", f"{what} in a field", f'return write "w" {{ path = "a", text = {what} }}\n', "E0002", "recipe.lua:1")
    yield bad("LU-252", "tostring({}) leaks an address", 'return write "w" { path = "a", text = tostring({}) }\n', "E0005", "recipe.lua:1")
    yield bad("LU-252a", "%p leaks an address", 'return write "w" { path = "a", text = ("%p"):format({}) }\n', "E0005", "recipe.lua:1")
    pairs = "local s = ''\nfor k in pairs { " + ", ".join(f"k{i * 37 % 101} = 1" for i in range(101)) + " } do s = s .. k .. ' ' end\n"
    names = " ".join(sorted(f"k{i}" for i in range(101))) + " "
    yield accept("LU-253", "pairs() gives an order, and always the same", recipe=pairs + 'return write "w" { path = "a", text = s }\n', out={"a": names}, small=True)


def imports():
    out = "leaves"
    yield bad("LU-260", "imports itself", 'return use "recipe.lua" {}\n', "E0006|E0009|E0005", "recipe.lua:1")
    yield refuse("LU-261", "imports another that imports this", ["E0006|E0009|E0005", "recipe.lua"], recipe='return use "b.lua" {}\n',
                 files={"b.lua": 'return use "recipe.lua" {}\n'}, run=["check", "recipe.lua"])
    yield bad("LU-263", "imports ../../../../etc/passwd", 'return use "../../../../etc/passwd" {}\n', "E0011", "recipe.lua:1", out, small=True)
    yield bad("LU-263a", "imports /etc/passwd", 'return use "/etc/passwd" {}\n', "E0008|E0011", "recipe.lua:1")
    yield refuse("LU-263b", "imports a symlink out of the project", ["E0008|E0011", "recipe.lua:1"], recipe='return use "b.lua" {}\n',
                 files={"b.lua": ("link", "/etc/passwd")}, run=["check", "recipe.lua"])
    yield bad("LU-263c", "fragment of the host", 'return kconfig_append "c" { "x", symbols = { fragment "../../../../etc/passwd" } }\n', "E0011", "recipe.lua:1")
    yield bad("LU-263d", "toolchain by a path", 'local t = toolchain "../../../../etc/passwd"\n', "E0008|E0018|E0009|E0011", "recipe.lua:1")
    yield bad("LU-263e", "plugin by a path", 'local t = plugin "../../../../etc"\n', "E0008|E0018|E0009|E0011", "recipe.lua:1")
    yield bad("LU-264", "imports a recipe from the network", 'return use "https://host/team/bsp//recipes/foo.lua?ref=v2" {}\n', "E0016", "recipe.lua:1")
    yield bad("LU-265", "the same by a commit", 'return use "git+https://host/bsp//foo.lua?commit=0123" {}\n', "E0016", "recipe.lua:1")
    for id, path in (("267", "/dev/zero"), ("267a", "/dev/stdin")):
        yield refuse(f"LU-{id}", f"imports {path} by a link", ["E0008|E0011", "recipe.lua:1"], recipe='return use "dev.lua" {}\n', files={"dev.lua": ("link", path)},
                     run=["check", "recipe.lua"])
    yield refuse("LU-268", "imports a fifo", ["E0008|E0011", "recipe.lua:1", "not a regular file"], recipe='return use "f.lua" {}\n', files={"f.lua": ("fifo",)},
                 run=["check", "recipe.lua"])
    yield refuse("LU-269", "imports a folder", ["E0008", "recipe.lua:1"], recipe='return use "d" {}\n', files={"d/x": ""}, run=["check", "recipe.lua"])
    yield refuse("LU-270", "the recipe is a folder", ["E1008|E0008", "recipe.lua"], files={"recipe.lua/x": ""}, run=["check", "recipe.lua"], place="recipe.lua")
    yield refuse("LU-271", "the recipe is a fifo", ["E1008|E0008", "recipe.lua"], files={"recipe.lua": ("fifo",)}, run=["check", "recipe.lua"], place="recipe.lua")
    yield refuse("LU-272", "the recipe is a device", ["E1008|E0008|E0007|E0011", "recipe.lua"], files={"recipe.lua": ("link", "/dev/zero")}, run=["check", "recipe.lua"],
                 place="recipe.lua")
    yield refuse("LU-273", "an imported file shows its place, not the host's text", ["E0001", "b.lua:1"], recipe='return use "b.lua" {}\n',
                 files={"b.lua": "root:x:0:0:/root:/bin/sh\n"}, run=["check", "recipe.lua"])


def cases():
    for part in (endless, stacks, errors, sources, imports):
        yield from part()
