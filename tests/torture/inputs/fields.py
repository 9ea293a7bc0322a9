"""fields: recipes of the wrong shape, and values that no field may have."""
from case import accept, refuse

GCC = 'local gcc = untar "image" { "shell.tar", rootfs = true }\n'


def bad(id, what, text, *says, **more):
    more.setdefault("run", ["check", "recipe.lua"])
    return refuse(id, what, list(says), recipe=text, **more)


def shapes():
    at = "recipe.lua:1"
    yield bad("LU-110", "returns nothing, makes nothing", "local a = 1\n", "E0020", "recipe.lua")
    yield bad("LU-111", "returns a number", "return 42\n", "E0020", "recipe.lua")
    yield bad("LU-112", "two steps of one name", 'local a = write "u" { path = "a", text = "1" }\nlocal b = write "u" { path = "b", text = "2" }\nreturn { a, b }\n', "E0113",
              "`u`", "recipe.lua:2", small=True)
    yield bad("LU-113", "unknown field (typo shw256)", 'return untar "u" { "x.tar", shw256 = "1" }\n', "E0101", at, "shw256", "sha256", files={"x.tar": ""}, small=True)
    yield bad("LU-114", "unknown primitive", 'return unatr "u" { "x.tar" }\n', "E0003", at, "unatr", "untar")
    yield bad("LU-115", "wrong type", 'return untar "u" { 42 }\n', "E0102", at)
    yield bad("LU-115a", "wrong type: a list in place of a text", 'return write "u" { path = {}, text = "x" }\n', "E0102", at, "path")
    yield bad("LU-116", "missing field", 'return write "u" { path = "x" }\n', "E0103", at, "text")
    yield bad("LU-117", "a list with holes", 'return copy "c" { write "a" { path = "a", text = "" }, nil, write "b" { path = "b", text = "" } }\n', "E0010", at)
    yield bad("LU-118", "a name without its table", 'write "u"\nreturn write "v" { path = "a", text = "b" }\n', "E0009", at)
    yield bad("LU-119", "a step's table with an __index function", "return write 'u' (setmetatable({}, { __index = function() return 'x' end }))\n", "E0002", at)
    yield bad("LU-120", "tables that lie about their length", "return setmetatable({}, { __len = function() return 1e9 end })\n", "E0002", at)
    yield bad("LU-121", "cyclic table in a field", 'local t = {}\nt.t = t\nreturn run_in_container "u" { t, toolchain = t }\n', "E0017", "recipe.lua:3")
    yield bad("LU-122", "table nested 100000 deep in a field", "local t = {}\nfor i = 1, 100000 do t = { t } end\nreturn untar 'u' { t }\n", "E0017|E0119", "recipe.lua:3")
    for i, v in enumerate(("0/0", "1/0", "-1/0", "2^63", "1e300", "1.5")):
        yield bad(f"LU-123-{i}", f"{v} as a number", f'return untar "u" {{ "x.tar", strip = {v} }}\n', "E0017|E0102|E0104", at, files={"x.tar": ""})
    yield bad("LU-124", "a negative number", 'return untar "u" { "x.tar", strip = -1 }\n', "E0104", at, "strip", files={"x.tar": ""})
    yield bad("LU-125", "a function in a field", 'return write "u" { path = "a", text = function() end }\n', "E0017|E0102", at)
    yield bad("LU-126", "NUL in a text", 'return write "u" { path = "a\\0b", text = "x" }\n', "E0017|E0107|E0118", at)
    yield bad("LU-127", "a list with key 2^40", 'return untar "u" { [1 << 40] = "x" }\n', "E0017|E0106|E0010", at)
    yield bad("LU-128", "a text of 20 MiB in a field", 'local s = ("x"):rep(1e6)\nreturn write "u" { path = "a", text = s:rep(20) }\n', "E0005|E0006", "recipe.lua:2")
    yield bad("LU-130", "a cycle cannot be written: the later step does not exist yet", 'local a = untar "a" { c }\nlocal b = untar "b" { a }\nlocal c = untar "c" { b }\nreturn c\n', "E0003",
              at, "`c`")
    yield bad("LU-132", "a dependency that is not there", 'return untar "u" { nope }\n', "E0003", at, "nope")
    yield bad("LU-132a", "a path in a result that leaves it", 'local a = write "a" { path = "x", text = "" }\nreturn untar "u" { a / "../../etc/passwd" }\n', "E0011|E0107", "recipe.lua:2")
    wide = 'local t = {}\nfor i = 1, 100000 do t[i] = write("w" .. i) { path = "a", text = tostring(i) } end\n'
    yield accept("LU-133", "100000 independent steps are planned in time", recipe=wide + "return t\n", run=["plan", "recipe.lua", "-q"], memory=1024)
    chain = 'local t = write "w" { path = "a", text = "" }\nfor i = 1, 100000 do t = write("w" .. i) { path = "a", text = tostring(i), on = t } end\n'
    yield accept("LU-134", "a chain of 100000 steps: no recursion", recipe=chain + "return t\n", run=["plan", "recipe.lua", "-q"], memory=1024)
    dense = 'local t = {}\nfor i = 1, 2000 do local d = {} for j = 1, #t do d[j] = t[j] end d[#d + 1] = "x"\n  t[i] = copy("c" .. i) (d) end\nreturn t[2000]\n'
    yield accept("LU-135", "2000 steps, each of which depends on all before: 2 million edges", recipe=dense, files={"x": "x"}, run=["plan", "recipe.lua", "-q"], memory=1024)
    yield bad("LU-136", "two steps give one file to one place", 'local a = write "a" { path = "out", text = "1" }\nlocal b = write "b" { path = "out", text = "2" }\n'
              'return copy "both" { a, b }\n', "E0121", "out", "recipe.lua:3", run=["run", "recipe.lua", "-q", "-o", "../out"], keeps=2)
    yield bad("LU-136a", "two artifacts of one name", 'local a = write "a" { path = "out", text = "1" }\nlocal b = write "b" { path = "out", text = "2" }\nreturn { a, b }\n', "E1013", "out",
              run=["run", "recipe.lua", "-q", "-o", "../out"], keeps=2, place="out")


def paths():
    at = "recipe.lua:1"
    for id, v in (("140", "../x"), ("141", "/etc/x"), ("142", "a/../../x"), ("143", ".."), ("144", "a\\nb"), ("145", "a\\27[31mb"), ("149", "a/../..")):
        yield bad(f"LU-{id}", f"into = '{v}'", f'return untar "u" {{ "x.tar", into = "{v}" }}\n', "E0107|E0118", at, "into", files={"x.tar": ""}, small=id == "140")
        yield bad(f"LU-{id}w", f"write to '{v}'", f'return write "u" {{ path = "{v}", text = "x" }}\n', "E0107|E0118", at, "path")
    yield accept("LU-147", "into = '-rf': a name like others, for no program sees it as an option", recipe='return write "u" { path = "-rf", text = "x" }\n', out={"-rf": "x"})
    yield bad("LU-148", "write to ''", 'return write "u" { path = "", text = "x" }\n', "E0107|E0102|E0103", at, "path")
    yield bad("LU-150", "a path of 5000 bytes", 'return write "u" { path = ("x"):rep(5000), text = "x" }\n', "E0107|E0805", "recipe.lua:1", run=["run", "recipe.lua", "-q", "-o", "../out"])
    yield bad("LU-151", "a component of 300 bytes", 'return write "u" { path = ("x"):rep(300), text = "x" }\n', "E0107|E0805|E0804", "recipe.lua:1", run=["run", "recipe.lua", "-q", "-o", "../out"])
    yield bad("LU-152", "a path 1000 deep", 'return write "u" { path = ("d/"):rep(1000) .. "f", text = "x" }\n', "E0107|E0805", "recipe.lua:1", run=["run", "recipe.lua", "-q", "-o", "../out"])
    yield bad("LU-153", "a file of the project that is not below it", 'return copy "c" { "../victim" }\n', "E0011", at)
    yield bad("LU-153a", "a file of the host", 'return copy "c" { "/canary/file" }\n', "E0011", at)
    yield bad("LU-153b", "a file of the host from the project's root", 'return copy "c" { "//../../../canary/file" }\n', "E0011", at)
    yield bad("LU-154", "a name with a newline for a step", 'return write "u\\nv" { path = "a", text = "x" }\n', "E0009|E0118|E0102", at)
    yield accept("LU-155", "a name with ../ for a step, which names its log: the log stays where logs are", recipe='return write "../../x" { path = "a", text = "x" }\n', out={"a": "x"})
    for id, v in (("160", ""), ("161", "x" * 64), ("162", "0" * 63), ("163", "0" * 65), ("167", "0" * 20)):
        yield bad(f"LU-{id}", f"sha256 = '{v[:20]}' ({len(v)} digits)", f'return untar "u" {{ "x.tar", sha256 = "{v}" }}\n', "E0108", at, "sha256", files={"x.tar": ""})
    for id, v, code in (("170", "file:///etc/passwd", None), ("171", "ext::sh -c touch% /canary/evil", "E0912"), ("172", "ssh://-oProxyCommand=touch%20/canary/evil/x", "E0912"),
                        ("173", "--upload-pack=touch /canary/evil", "E0912"), ("174", "-u./payload", "E0912"), ("175", "https://host/a b", "E0912"),
                        ("176", "https://host/x\\r\\nX-Injected: 1", "E0912|E0118"), ("177", "gopher://host/x", "E0912"), ("178", "https://user:word@host/x", None), ("179", "", "E0912|E0911"),
                        ("180", "fd::17/x", "E0912"), ("181", "file://host/etc/passwd", "E0912"), ("182", "HTTPS://host/x\\27[31m", "E0912|E0118")):
        if code:
            yield bad(f"LU-{id}", f"git url = '{v}'", f'return git_checkout "u" {{ "{v}", commit = "{"0" * 40}" }}\n', code, at, small=id == "171")
        if code and id not in ("172",):
            yield bad(f"LU-{id}f", f"fetch url = '{v}'", f'return fetch "u" {{ "{v}", sha256 = "{"0" * 64}" }}\n', code, at)
    yield bad("LU-170", "fetch file:///etc/passwd with a wrong hash: no byte of it is shown", f'return fetch "u" {{ "file:///etc/passwd", sha256 = "{"0" * 64}" }}\n', "E0905", at,
              run=["run", "recipe.lua", "-q", "-o", "../out"])
    yield bad("LU-170a", "fetch without a hash", 'return fetch "u" { "https://host/x" }\n', "E0911", at, run=["plan", "recipe.lua", "-q"])
    yield bad("LU-183", "a name for the download that climbs", f'return fetch "u" {{ "https://host/x", sha256 = "{"0" * 64}", name = "../x" }}\n', "E0107", at, "name")
    yield bad("LU-184", "an address that ends in ..", f'return fetch "u" {{ "https://host/..", sha256 = "{"0" * 64}" }}\n', "E0912|E0911|E0107", at)
    yield bad("LU-185", "a staged file outside", 'return fetch "u" { file = "../../canary", sha256 = "%s" }\n' % ("0" * 64), "E0107|E0011|E0909", at)


def containers():
    def make(field):
        return GCC + f'return make_in_container "m" {{ "src", toolchain = gcc, outputs = {{ "x" }}, {field} }}\n'

    def run(field):
        return GCC + f'return run_in_container "m" {{ "true", toolchain = gcc, {field} }}\n'
    at = "recipe.lua:2"
    two = dict(image="shell", files={"src/Makefile": "all:\n\techo hi >x\n"})
    ran = dict(two, run=["run", "recipe.lua", "-q", "-o", "../out"], keeps=1)
    yield bad("LU-190", "image = --privileged", 'return make_in_container "m" { "src", toolchain = "--privileged", outputs = { "x" } }\n', "E0102", "recipe.lua:1", **two)
    yield bad("LU-191", "a toolchain that is no step", 'return make_in_container "m" { "src", toolchain = toolchain "--privileged", outputs = { "x" } }\n', "E0008|E0018|E0009", "recipe.lua:1", **two)
    yield bad("LU-193", "mounts = / of the host", make('mounts = { ["/host"] = "/" }'), "E0011|E0107|E0120", at, **two)
    yield bad("LU-194", "mounts = docker's socket", make('mounts = { ["s"] = "/var/run/docker.sock" }'), "E0011", at, **two)
    yield bad("LU-194a", "a mount over /usr", make('mounts = { ["../usr"] = "src" }'), "E0107|E0120|E0011", at, **two)

    yield bad("LU-196", "env = LD_PRELOAD", make('env = { LD_PRELOAD = "/x.so" }'), "E0320", at, "LD_PRELOAD", **two)
    yield bad("LU-197", "env with an empty name", make('env = { [""] = "c" }'), "E0320", at, **two)
    yield bad("LU-198", "env = A=B", make('env = { ["A=B"] = "c" }'), "E0320", at, "A=B", **two)
    yield bad("LU-200", "targets = -f/etc/passwd", make('targets = { "-f/etc/passwd" }'), "E0320", at, "-f/etc/passwd", **two)
    yield bad("LU-201", "targets = --eval", make('targets = { "--eval=$(shell touch /jkr/out/x)" }'), "E0320", at, **two)
    yield bad("LU-202", "targets = $(shell …)", make('targets = { "$(shell touch /canary/evil)" }'), "E0320", at, **two)
    yield bad("LU-203", "variables with the name of a flag", make('variables = { ["-C"] = "/etc" }'), "E0320", at, **two)
    yield bad("LU-204", "cpus = 1000000000", make("cpus = 1000000000"), "E0104", at, "cpus", **two)
    yield bad("LU-205", "cpus = -1", make("cpus = -1"), "E0104", at, "cpus", **two)
    yield bad("LU-206", "timeout = 2^62", make("timeout = 1 << 62"), "E0104", at, "timeout", **two)
    yield bad("LU-206a", "memory = -1G", make('memory = "-1G"'), "E0104|E0102", at, "memory", **two)
    yield bad("LU-206b", "memory = 99999999999999999999T", make('memory = "99999999999999999999T"'), "E0104|E0102", at, "memory", **two)
    yield bad("LU-207", "network = host", make('network = "host"'), "E0101", at, "network", **two)
    yield bad("LU-208", "privileged = true", make("privileged = true"), "E0101", at, "privileged", **two)
    yield bad("LU-209", "dir = /proc/self/fd/8", make('dir = "/proc/self/fd/8"'), "E0107", at, "dir", **two)
    yield bad("LU-209a", "dir = ../..", make('dir = "../.."'), "E0107", at, "dir", **two)
    yield bad("LU-210", "image = img:latest", 'return make_in_container "m" { "src", toolchain = "img:latest", outputs = { "x" } }\n', "E0102", "recipe.lua:1", **two)
    yield bad("LU-211", "an output that climbs", make("").replace('{ "x" }', '{ ["../x"] = "x" }'), "E0107|E0320", at, **ran)
    yield bad("LU-212", "an output of the host", make("").replace('{ "x" }', '{ x = "/etc/passwd" }'), "E0107|E0320", at, **ran)
    yield bad("LU-213", "an output below /jkr that climbs", make("").replace('{ "x" }', '{ x = "/jkr/../etc/passwd" }'), "E0107|E0320", at, **ran)
    yield bad("LU-214", "an argument with NUL", run('env = { A = "a\\0b" }'), "E0017|E0118", at, **two)
    yield bad("LU-214a", "a program that is an option of the sandbox", GCC + 'return run_in_container "m" { "--bind", "/", "/", toolchain = gcc }\n', "E0317", at, "--bind",
              run=["run", "recipe.lua", "-q", "-o", "../out"], keeps=1, **two)


def cases():
    for part in (shapes, paths, containers):
        yield from part()
