"""places: file names that are odd, projects and stores that stand where nobody expects them, files that are no files."""
import os
import socket

from case import accept, refuse

COPY = 'return copy "c" { "src" }\n'
WRITE = 'return write "w" { path = "a", text = "b" }\n'
UTF = "f\u00fcr \u65e5\u672c"


def sock(path):
    with socket.socket(socket.AF_UNIX) as s:
        s.bind(path)


def device(path):
    os.mknod(path, 0o666 | 0o020000, os.makedev(1, 3))


def names():
    for i, (what, name) in enumerate((("a blank", "a b"), ("UTF-8", UTF), ("a leading dash", "-rf"), ("quotes", "a'b\"c"), ("a backslash", "a\\b"), ("a dollar and backquotes", "$(id)`id`"),
                                      ("255 bytes", "n" * 255), ("a star", "*"), ("a hash and a percent", "#%s%n"), ("bytes that are no UTF-8", "caf\udce9"))):
        yield accept(f"PL-010-{i}", f"a file whose name holds {what}", files={f"src/{name}": "hello\n"}, recipe=COPY, out={name: "hello\n"}, small=i < 2)
    yield accept("PL-011", "a file whose name holds a newline", files={"src/a\nb": "x"}, recipe=COPY, out={"a\nb": "x"})
    yield accept("PL-011a", "a file whose name holds a terminal escape", files={"src/a\x1b[31m": "x"}, recipe=COPY, out={"a\x1b[31m": "x"})
    yield refuse("PL-012", "two files whose names hold terminal escapes and clash", ["E0121"], files={"s/a\x1b[31m": "1", "t/a\x1b[31m": "2"}, recipe='return copy "c" { "s", "t" }\n')
    yield accept("PL-013", "symlinks of every kind in a folder", files={"src/out": ("link", "/canary/file"), "src/up": ("link", "../../.."), "src/loop": ("link", "loop"), "src/none": ("link", "none")}, recipe=COPY,
                 out={"out": ("link", "/canary/file"), "up": ("link", "../../.."), "loop": ("link", "loop"), "none": ("link", "none")})
    yield refuse("PL-014", "a fifo in a folder", ["E1011", "src/f"], files={"src/f": ("fifo",), "src/a": ""}, recipe=COPY)
    yield refuse("PL-015", "a socket in a folder", ["E1011", "src/s"], files={"src/s": sock}, recipe=COPY)
    if os.getuid() == 0:
        yield refuse("PL-016", "a device in a folder", ["E1011", "src/d"], files={"src/a": "", "src/d": device}, recipe=COPY)
    yield refuse("PL-017", "a file of the project that is a link out of it", ["E1011", "f"], files={"f": ("link", "/canary/file")}, recipe='return copy "c" { "f" }\n')
    yield refuse("PL-018", "a folder of the project that is a link out of it", ["E1011", "d"], files={"d": ("link", "/canary")}, recipe='return copy "c" { "d" }\n')
    yield refuse("PL-018a", "a file behind a folder that is a link out of the project", ["E1011|E0112", "d/file"], files={"d": ("link", "/canary")}, recipe='return copy "c" { "d/file" }\n')
    yield refuse("PL-018b", "a pattern behind a folder that is a link out of the project", ["E1011|E0111", "d/"], files={"d": ("link", "/canary")}, recipe='return copy "c" { "d/*" }\n')
    yield refuse("PL-019", "a file of the project that is a link in a circle", ["E1011|E0112", "f"], files={"f": ("link", "f")}, recipe='return copy "c" { "f" }\n')
    deep = "/".join(["d"] * 300) + "/f"
    yield refuse("PL-020", "a folder 300 deep", ["E0805|E1011"], files={f"src/{deep}": "x"}, recipe=COPY)
    yield accept("PL-021", "a folder with 20000 files", before=lambda p: [open(f"{p}/src/{i}", "w").close() for i in range(20000)], files={"src/a": ""}, recipe='local c = copy "c" { "src" }\nreturn c / "a"\n', out={"a": ""})


def projects():
    for i, name in enumerate(("a b", "a\nb", UTF, "n" * 250, "-rf", "a'b\"c$(id)", "a\x1b[31mb")):
        yield accept(f"PL-030-{i}", f"a project in a folder called {name[:12]!r}", files={f"{name}/recipe.lua": WRITE, f"{name}/jkr.yaml": "# root\n"}, run=["run", f"./{name}/recipe.lua", "-q", "-o", "../out"], out={"a": "b"})
        yield refuse(f"PL-031-{i}", f"a mistake in a project in a folder called {name[:12]!r}", ["E0003", "nope"], files={f"{name}/recipe.lua": "return nope\n"}, run=["check", f"./{name}/recipe.lua"])
    yield accept("PL-032", "a recipe called -q.lua", files={"-q.lua": WRITE}, run=["run", "./-q.lua", "-q", "-o", "../out"], out={"a": "b"})
    yield refuse("PL-033", "a recipe that is not there", ["E1008", "nope"], run=["check", "nope"], place="nope")
    yield refuse("PL-034", "a recipe whose name holds terminal escapes, and that is not there", ["E1008"], run=["check", "\x1b[31m\u202enope"], place="nope")
    yield refuse("PL-035", "-D with terminal escapes", ["E0013", "31m"], recipe=WRITE, run=["check", "recipe.lua", "-D", "\x1b[31mx=1"], place="31m")
    yield refuse("PL-036", "-C into a file", ["E1005", "recipe.lua"], recipe=WRITE, run=["-C", "recipe.lua", "check", "recipe.lua"], place="recipe.lua")
    yield refuse("PL-037", "a step with terminal escapes", ["E1009"], recipe=WRITE, run=["run", "recipe.lua", "\x1b[31mx", "-q"], place="31m")


def stores():
    for i, name in enumerate(("a b", UTF, "a:b,c", "n" * 250, "a\\b")):
        yield accept(f"PL-040-{i}", f"a store called {name[:12]!r}", recipe=WRITE, run=["run", "recipe.lua", "-q", "-o", "../out", "--store", f"../odd/{name}"], out={"a": "b"})
    yield refuse("PL-041", "a store that is a file", ["E0807", "recipe.lua"], recipe=WRITE, run=["run", "recipe.lua", "-q", "--store", "recipe.lua"], place="recipe.lua")
    yield refuse("PL-042", "a store that is the folder of the project", ["E0807"], recipe=WRITE, run=["run", "recipe.lua", "-q", "--store", "."], place="project")
    yield refuse("PL-043", "results that go to a file", ["E1013", "recipe.lua"], recipe=WRITE, run=["run", "recipe.lua", "-q", "-o", "recipe.lua"], keeps=1, place="recipe.lua")
    yield accept("PL-044", "results that go where a link out stands: the link is replaced, not followed", recipe=WRITE, before=lambda p: os.symlink("/canary/file", f"{p}/../out/a"), out={"a": "b"}, small=True)
    yield accept("PL-045", "results that go where a folder stands", recipe='local c = copy "c" { "src" }\nreturn c / "d"\n', files={"src/d/x": "x"}, before=lambda p: os.symlink("/canary", f"{p}/../out/d"), out={"d/x": "x"})


def surroundings():
    """of the outer environment nothing comes into a step or a key, and nothing of it is run"""
    evil = "touch /canary/evil"
    for id, what, env in (("EN-001", "LUA_INIT runs code in a stock interpreter", {"LUA_INIT": "os.execute('touch /canary/evil')", "LUA_INIT_5_4": "os.execute('touch /canary/evil')"}),
                          ("EN-002", "LUA_PATH and LUA_CPATH", {"LUA_PATH": "/canary/?.lua", "LUA_CPATH": "/canary/?.so"}),
                          ("EN-003", "TAR_OPTIONS, GZIP, XZ_OPT, TAPE", {"TAR_OPTIONS": "--to-command='touch /canary/evil'", "GZIP": "-9", "XZ_OPT": "--no-such", "TAPE": "/canary/tape"}),
                          ("EN-007", "locale and time zone", {"LC_ALL": "tr_TR.UTF-8", "LANG": "ja_JP.SJIS", "TZ": "Antarctica/Troll", "LANGUAGE": "xx"}),
                          ("EN-008", "TMPDIR is hostile", {"TMPDIR": "/canary"}), ("EN-008a", "TMPDIR is not there", {"TMPDIR": "/no/such"}),
                          ("EN-012", "HOME is not there", {"HOME": "/no/such"}), ("EN-012a", "HOME is a file", {"HOME": "/canary/file"}), ("EN-012b", "XDG_CONFIG_HOME is a file", {"XDG_CONFIG_HOME": "/canary/file"}),
                          ("EN-013", "SOURCE_DATE_EPOCH of garbage", {"SOURCE_DATE_EPOCH": "garbage"}), ("EN-014", "a variable of 100 kB", {"X": "x" * 100000}), ("EN-014a", "MALLOC_ and GLIBC_TUNABLES", {"MALLOC_PERTURB_": "85", "GLIBC_TUNABLES": "glibc.malloc.check=3"})):
        yield accept(id, what, recipe=WRITE, env=env, out={"a": "b"})
    repo_env = {"GIT_DIR": "/canary", "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.fsmonitor", "GIT_CONFIG_VALUE_0": evil, "GIT_SSH_COMMAND": evil, "GIT_EXTERNAL_DIFF": evil, "GIT_ASKPASS": "/canary/script",
                "GIT_OBJECT_DIRECTORY": "/canary", "GIT_ALTERNATE_OBJECT_DIRECTORIES": "/canary", "GIT_WORK_TREE": "/canary", "GIT_TEMPLATE_DIR": "/canary", "GIT_EXEC_PATH": "/canary", "GIT_TRACE": "/canary/trace"}
    from gits import RECIPE, Repo
    repo = Repo()
    commit = repo.end(repo.tree(("100644", "a", repo.blob("b"))))
    yield accept("EN-004", "git's variables", files=repo.files, recipe=RECIPE.format(id="EN-004", commit=commit), env=repo_env, out={"a": "b"}, small=True)
    gcc = 'local gcc = untar "image" { "shell.tar", rootfs = true }\n'
    make = gcc + 'local m = make_in_container "m" { "src", toolchain = gcc, outputs = { "env.txt" }, objdir = false }\nreturn m / "env.txt"\n'
    for id, what, env in (("EN-005", "variables of make and of compilers", {"MAKEFLAGS": "--eval=$(shell touch /canary/evil-flag)", "MFLAGS": "-evil", "CFLAGS": "-evil", "CC": "evil-cc", "MAKEFILES": "/canary/evil", "GNUMAKEFLAGS": "-evil", "KCFLAGS": "-evil", "ARCH": "evil"}),
                          ("EN-006", "start-up of shells, and IFS", {"BASH_ENV": "/canary/evil", "ENV": "/canary/evil", "IFS": "evil", "PS4": "$(touch /canary/evil)", "SHELLOPTS": "xtrace", "PROMPT_COMMAND": evil}),
                          ("EN-010", "LD_ variables that the outer program obeys do not reach the step", {"LD_LIBRARY_PATH": "/canary/evil", "LD_BIND_NOW": "evil"}),
                          ("EN-011", "variables of docker and podman", {"DOCKER_HOST": "tcp://evil:1", "DOCKER_CONFIG": "/canary/evil", "CONTAINER_HOST": "evil", "REGISTRY_AUTH_FILE": "/canary/evil"})):
        yield accept(id, what, files={"src/Makefile": "all:\n\tenv >env.txt\n"}, recipe=make, image="shell", env=env, after=no_evil, seconds=15)
    fake = "#!/bin/sh\ntouch /canary/evil\n"

    def fakes(project):
        for name in ("bwrap", "git", "dtc", "make", "tar", "lbzip2"):
            with open(f"{project}/{name}", "w") as f:
                f.write(fake)
            os.chmod(f"{project}/{name}", 0o755)
    yield accept("EN-009", "PATH with an empty element, and programs of those names in the folder", files={"src/Makefile": "all:\n\tenv >env.txt\n"}, before=fakes, recipe=make, image="shell",
                 env={"PATH": ":.:/usr/bin:/bin:/usr/sbin"}, after=no_evil, seconds=15)


def no_evil(result, project):
    if result.status != 0:
        return []
    with open(f"{project}/../out/env.txt") as f:
        text = f.read()
    return [f"leak: {line}" for line in text.splitlines() if "evil" in line]


def cases():
    for part in (names, projects, stores, surroundings):
        yield from part()
