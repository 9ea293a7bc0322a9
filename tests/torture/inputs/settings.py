"""settings: YAML of toolchains, of plugins, of profiles and of jkr.yaml."""
from case import accept, refuse

WRITE = 'return write "w" { path = "a", text = "b" }\n'
CHECK = ["check", "recipe.lua"]


def toolchain(id, what, text, *says, **more):
    more.setdefault("place", "toolchains/t.yaml")
    return refuse(id, what, list(says), files={"toolchains/t.yaml": text}, recipe='local gcc = toolchain "t"\n' + WRITE, run=CHECK, **more)


def yaml(id, what, text, *says, **more):
    return toolchain(id, what, text, "E0901", "toolchains/t.yaml", *says, **more)


def texts():
    good = "name: t\nimage:\n  suite: bookworm\n  packages: [gcc]\n"
    yield accept("YA-001", "the ordinary file", files={"toolchains/t.yaml": good}, recipe='local gcc = toolchain "t"\n' + WRITE, run=CHECK, small=True)
    laughs = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(f"{c}: &{c} [{','.join(['*' + p] * 9)}]\n" for p, c in zip("abcdefgh", "bcdefghi"))
    yield yaml("YA-010", "billion laughs, 9 levels of 9 aliases", laughs, ":1", small=True)
    yield yaml("YA-011", "recursive alias", "a: &a [*a]\n", ":1")
    yield yaml("YA-012", "100000 nested flow sequences", "a: " + "[" * 100000 + "]" * 100000, ":1", seconds=5)
    yield yaml("YA-012a", "100000 nested flow mappings", "a: " + "{a: " * 100000, ":1", seconds=5)
    yield yaml("YA-012b", "10000 nested blocks", "".join(" " * i + "a:\n" for i in range(1200)), seconds=5)
    yield yaml("YA-013", "100000 dashes in one line", "- " * 100000 + "x\n", seconds=5)
    yield toolchain("YA-014", "a key of 2 MiB", "x" * (2 << 20) + ": 1\n", "E0007", "t.yaml", "1 MiB", place="t.yaml")
    yield yaml("YA-014a", "a key of 900 kB", "x" * 900000 + ": 1\n")
    yield yaml("YA-015", "duplicate keys", "name: a\nname: b\n", ":2", "name", small=True)
    yield yaml("YA-016", "merge-key bomb", "a: &a {x: 1}\nb:\n  <<: [" + ",".join(["*a"] * 10000) + "]\n", ":1")
    yield yaml("YA-017", "a tag that would build an object", "a: !!python/object/apply:os.system ['touch /canary/evil']\n", ":1")
    yield yaml("YA-017a", "a local tag", "a: !foo bar\n", ":1")
    yield yaml("YA-018", "invalid UTF-8", b"name: caf\xe9\n", ":1")
    yield yaml("YA-018a", "overlong UTF-8", b"name: \xc0\xae\xc0\xae/\n")
    yield yaml("YA-019", "UTF-16", "name: x\n".encode("utf-16"))
    yield yaml("YA-020", "tab indentation", "env:\n\tLANG: C\n", ":2", "tab")
    yield yaml("YA-021", "two documents", "name: a\n---\nname: b\n")
    yield yaml("YA-022", "NUL byte", b"name: a\0b\n", ":1")
    yield yaml("YA-022a", "an escape sequence, raw", b"name: \x1b[31m\n", ":1")
    yield yaml("YA-023", "bad indentation", "a:\n   b: 1\n  c: 2\n", ":3")
    yield yaml("YA-024", "a quote that does not end", 'name: "abc\n', "toolchains")
    yield yaml("YA-025", "%YAML 9.9 directive", "%YAML 9.9\n---\nname: a\n", ":1")
    yield yaml("YA-026", "a key that is a list", "? [a, b]\n: c\n", ":1")
    yield toolchain("YA-027", "a list in place of the table", "- a\n- b\n", "E0901|E0918")
    yield toolchain("YA-028", "a text in place of the table", "just a text\n", "E0901|E0918")
    yield toolchain("YA-029", "empty file", "", "E0103", "image", "t.yaml:1")
    yield toolchain("YA-029a", "only a comment", "# nothing\n", "E0103", "image", "t.yaml:1")
    yield yaml("YA-032", "alias to an unknown anchor", "a: *nope\n", ":1")
    yield yaml("YA-033", "block scalar with a false indentation", "a: |9\n  x\n", "toolchains")
    yield yaml("YA-034", "a colon that is none", "a: b: c\n", ":1")
    yield yaml("YA-035", "random bytes", bytes((i * 73 + (i >> 2)) & 255 for i in range(3000)))


def meanings():
    image = "image:\n  suite: bookworm\n  packages: [gcc]\n"
    yield toolchain("YA-040", "a key that nobody knows", "name: t\nimgae: 1\n", "E0101", "imgae", "`image`", "toolchains/t.yaml:2")
    yield toolchain("YA-041", "no image", "name: t\n", "E0103", "image", "t.yaml:1")
    yield toolchain("YA-042", "a list where a text is wanted", "name: [t]\n" + image, "E0102", "toolchains/t.yaml:1")
    yield accept("YA-043", "a prefix with shell words: it is seen by make in the sandbox only", files={"toolchains/t.yaml": "name: t\nprefix: '$(touch /canary/evil)-'\n" + image},
                 recipe='local gcc = toolchain "t"\n' + WRITE, out={"a": "b"})
    yield toolchain("YA-044", "a package that is an option", "name: t\nimage:\n  suite: bookworm\n  packages: ['--setup-hook=touch /canary/evil']\n", "E0911", "toolchains/t.yaml:4", small=True)
    yield toolchain("YA-045", "a suite that is an option", "name: t\nimage:\n  suite: '-o x'\n  packages: [gcc]\n", "E0911", "-o x")
    yield toolchain("YA-046", "an archive that climbs", "name: t\nimage:\n  tar: ../../../canary/file\n", "E0101", "toolchains/t.yaml:3")
    yield accept("YA-047", "env with LD_PRELOAD, of an image that no step uses", files={"toolchains/t.yaml": "name: t\nenv: { LD_PRELOAD: /x.so }\n" + image},
                 recipe='local gcc = toolchain "t"\n' + WRITE, out={"a": "b"})
    yield toolchain("YA-048", "env with a name that is none", "name: t\nenv: { 'A=B': c }\n" + image, "E0918", "A=B")
    yield toolchain("YA-049", "a name with terminal escapes", 'name: "\\e[31m"\n' + image, "E0118", "toolchains/t.yaml:1")
    link = ("link", "/canary/file")
    yield refuse("YA-050", "the file is a symlink out of the project", ["E0011|E0008", "recipe.lua:1"], files={"toolchains/t.yaml": link}, recipe='local gcc = toolchain "t"\n' + WRITE, run=CHECK)
    yield refuse("YA-051", "the file is a fifo", ["E0008", "recipe.lua:1"], files={"toolchains/t.yaml": ("fifo",)}, recipe='local gcc = toolchain "t"\n' + WRITE, run=CHECK)


def plugins():
    recipe = 'local p = plugin "p"\n' + WRITE
    lua = {"plugins/p/plugin.lua": "return {}\n"}

    def plugin(id, what, text, *says, **more):
        more.setdefault("place", "plugins/p/plugin.yaml")
        return refuse(id, what, list(says), files={**lua, "plugins/p/plugin.yaml": text}, recipe=recipe, run=CHECK, **more)
    yield plugin("YA-060", "plugin.yaml with an anchor", "name: &a p\nversion: *a\n", "E0901", ":1")
    yield plugin("YA-061", "plugin.yaml with a key that nobody knows", "name: p\nversion: 1\nmay: everything\n", "E0018", "may")
    yield plugin("YA-062", "plugin.yaml of nothing", "", "E0018|E0901")
    yield plugin("YA-063", "plugin.yaml that is a list", "- p\n", "E0018|E0901")
    yield refuse("YA-065", "plugin.yaml is a folder", ["E0018|E0008", "p"], files={**lua, "plugins/p/plugin.yaml/x": ""}, recipe=recipe, run=CHECK)
    profile = ["check", "recipe.lua", "--profile", "q"]
    options = 'local o = option.bool { "rt", true, "doc" }\n' + WRITE
    for id, what, text, code in (("070", "a profile with an option that nobody declares", "options:\n  nope: 1\n", "E0013|E0018"), ("071", "a profile with a wrong value", "options:\n  rt: maybe\n", "E0014|E0018"),
                                 ("072", "a profile that is a list", "- a\n", "E0018|E0901"), ("073", "a profile with a bomb", "a: &a [*a]\n", "E0901"), ("074", "a profile whose options are a text", "options: evil\n", "E0018|E0013")):
        yield refuse(f"YA-{id}", what, [code, "profiles/q.yaml"], files={"profiles/q.yaml": text}, recipe=options, run=profile, place="profiles/q.yaml")
    yield refuse("YA-075", "a profile by a path", ["E0008|E0018|E0011", "canary"], recipe=options, run=["check", "recipe.lua", "--profile", "../../../canary/file"], place="canary")


def files():
    def setting(id, what, text, *says, **more):
        more.setdefault("place", "jkr.yaml")
        return refuse(id, what, list(says), files={"jkr.yaml": text}, recipe=WRITE, **more)
    yield accept("YA-080", "jkr.yaml of comments", files={"jkr.yaml": "# root\n"}, recipe=WRITE, out={"a": "b"})
    yield setting("YA-081", "a setting that nobody knows", "storre: x\n", "E1007", "storre", "jkr.yaml:1", small=True)
    yield setting("YA-082", "a setting twice", "jobs: 1\njobs: 2\n", "E0901", "jkr.yaml:2")
    yield setting("YA-083", "jobs that are no number", "jobs: many\n", "E1003", "many")
    yield setting("YA-084", "jobs of 2^70", "jobs: 1180591620717411303424\n", "E0901", "jkr.yaml:1")
    yield setting("YA-085", "a backend that nobody knows", "backend: 'sh -c evil'\n", "E1003", "backend")
    yield setting("YA-086", "a list where a word is wanted", "backend: [bwrap]\n", "E1007|E1003", "backend")
    yield setting("YA-087", "jkr.yaml of 100000 brackets", "[" * 100000, "E0901", "jkr.yaml:1")
    yield refuse("YA-088", "jkr.yaml is a fifo", ["E0901|E1007", "jkr.yaml"], files={"jkr.yaml": ("fifo",)}, recipe=WRITE, place="jkr.yaml")
    yield refuse("YA-089", "jkr.yaml is a folder", ["E0901|E1007", "jkr.yaml"], files={"jkr.yaml/x": ""}, recipe=WRITE, place="jkr.yaml")
    yield refuse("YA-089a", "jkr.yaml is a link to /dev/zero", ["E0901|E1007", "jkr.yaml"], files={"jkr.yaml": ("link", "/dev/zero")}, recipe=WRITE, place="jkr.yaml")
    yield setting("YA-090", "a value with terminal escapes", 'backend: "\\e[31mx"\n', "E1003|E0901", "jkr.yaml")


def cases():
    for part in (texts, meanings, plugins, files):
        yield from part()
