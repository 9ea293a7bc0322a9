"""gits: repositories written object by object, whose trees, objects and settings lie."""
import hashlib
import zlib

from case import LARGE, accept, refuse

RECIPE = 'return git_checkout "g" {{ "file:///w/c/{id}/project/r.git", commit = "{commit}" }}\n'


class Repo:
    """a bare repository as files of a case"""

    def __init__(self):
        self.files = {"r.git/HEAD": "ref: refs/heads/main\n", "r.git/config": "[core]\n\trepositoryformatversion = 0\n\tbare = true\n\tfilemode = true\n",
                      "r.git/objects/info/.keep": "", "r.git/refs/heads/.keep": ""}

    def put(self, kind, data, size=None, name=None, packed=None):
        whole = b"%s %d\0" % (kind, len(data) if size is None else size) + data
        name = name or hashlib.sha1(whole).hexdigest()
        self.files[f"r.git/objects/{name[:2]}/{name[2:]}"] = packed or zlib.compress(whole)
        return name

    def blob(self, text, **more):
        return self.put(b"blob", text if isinstance(text, bytes) else text.encode(), **more)

    def tree(self, *entries, **more):
        return self.put(b"tree", b"".join(b"%s %s\0" % (mode.encode(), name if isinstance(name, bytes) else name.encode()) + bytes.fromhex(id)
                                          for mode, name, id in entries), **more)

    def commit(self, tree, **more):
        return self.put(b"commit", f"tree {tree}\nauthor a <a@b> 1 +0000\ncommitter a <a@b> 1 +0000\n\nx\n".encode(), **more)

    def end(self, tree):
        commit = self.commit(tree)
        self.files["r.git/refs/heads/main"] = commit + "\n"
        return commit


def case(make, id, what, repo, commit, *rest, recipe=RECIPE, **more):
    return make(id, what, *rest, files=repo.files, recipe=recipe.format(id=id, commit=commit), **more)


def entries(id, what, says, *list_, **more):
    """a tree of these (mode, name, text or Repo method's result)"""
    repo = Repo()
    made = [(mode, name, body if len(body) == 40 else repo.blob(body)) for mode, name, body in list_]
    commit = repo.end(repo.tree(*made))
    if says is None:
        return case(accept, id, what, repo, commit, **more)
    return case(refuse, id, what, repo, commit, says, **more)


def trees():
    f = "100644"
    yield entries("GI-000", "the ordinary repository", None, (f, "a", "hello\n"), ("120000", "l", "a"), ("100755", "x", "#!/bin/sh\n"), out={"a": "hello\n", "l": ("link", "a"), "x": "#!/bin/sh\n"}, small=True)
    refused = "E0914|E0915"
    yield entries("GI-010", "tree entry named ..", [refused], (f, "..", "evil"), small=True)
    yield entries("GI-010a", "tree entry named .", [refused], (f, ".", "evil"))
    yield entries("GI-010b", "tree entry without a name", [refused], (f, "", "evil"))
    repo = Repo()
    hooks = repo.tree(("100755", "post-checkout", repo.blob("#!/bin/sh\ntouch /canary/evil\n")))
    git = repo.tree((f, "config", repo.blob("[core]\nfsmonitor = touch /canary/evil\n")), ("40000", "hooks", hooks))
    yield case(refuse, "GI-011", "tree entry named .git with hooks", repo, repo.end(repo.tree(("40000", ".git", git))), [refused])
    repo = Repo()
    yield case(refuse, "GI-011a", "tree entry named .GIT", repo, repo.end(repo.tree(("40000", ".GIT", repo.tree((f, "config", repo.blob("x")))))), [refused])
    yield entries("GI-012", "tree entry named git~1, which is .git to Windows", ["E0914|E0915"], (f, "git~1", "x"))
    yield entries("GI-013", "tree entry with a slash: a/../../evil", [refused], (f, "a/../../evil", "x"))
    yield entries("GI-013a", "tree entry with a newline and an escape", ["E0915"], (f, "a\n\x1b[31m", "x"))
    yield entries("GI-013b", "a name of 300 bytes", ["E0915|E0805|E0804"], (f, "n" * 300, "x"))
    yield entries("GI-014", "a symlink to a file of the host: kept as a link, never read", None, ("120000", "a", "/canary/file"), out={"a": ("link", "/canary/file")})
    yield entries("GI-014a", "a symlink of 5000 bytes", ["E0915"], ("120000", "a", "x" * 5000))
    yield entries("GI-014b", "a symlink with NUL", ["E0915"], ("120000", "a", "a\0b"))
    yield entries("GI-014c", "an empty symlink", ["E0915"], ("120000", "a", ""))
    modules = '[submodule "x"]\n\tpath = x\n\turl = -u./payload\n'
    yield entries("GI-015", ".gitmodules with url = -u./payload", ["E0915|E0914"], (f, ".gitmodules", modules), ("160000", "x", "1" * 40))
    yield entries("GI-015a", ".gitmodules without a submodule: a file like others", None, (f, ".gitmodules", modules.replace("-u./payload", "https://h/x")), out={".gitmodules": modules.replace("-u./payload", "https://h/x")})
    yield entries("GI-016", "a submodule", ["E0915", "submodule"], ("160000", "x", "1" * 40))
    repo = Repo()
    inner = repo.tree(("40000", "modules", repo.tree(("160000", "x", "1" * 40))))
    yield case(refuse, "GI-017", "symlink A -> .git and submodule a/modules/x (case trick)", repo, repo.end(repo.tree(("120000", "A", repo.blob(".git")), ("40000", "a", inner))), ["E0915|E0914"])
    repo = Repo()
    deep = repo.tree((f, "f", repo.blob("x")))
    for _ in range(3000):
        deep = repo.tree(("40000", "d", deep))
    yield case(refuse, "GI-025", "tree nested 3000 deep", repo, repo.end(deep), ["E0805"])
    yield entries("GI-026", "tree with duplicate entries", [refused], (f, "a", "one"), (f, "a", "two"))
    yield entries("GI-026a", "tree whose entries are not sorted", [refused], (f, "b", "one"), (f, "a", "two"))
    yield entries("GI-026b", "a file and a folder of one name", [refused], (f, "a", "one"), ("40000", "a", Repo().tree()))
    yield entries("GI-027", "file mode 104755: not a mode that git writes", ["E0915|E0914"], ("104755", "su", "x"))
    yield entries("GI-027a", "file mode 000000", ["E0915|E0914"], ("0", "z", "x"))
    yield entries("GI-027b", "file mode 060644 (a device)", ["E0915|E0914"], ("60644", "dev", "x"))


def objects():
    broken = "E0914|E0915"
    f = "100644"
    repo = Repo()
    blob = repo.blob("evil", name=hashlib.sha1(b"blob 4\0good").hexdigest())
    yield case(refuse, "GI-018", "object's content does not match its name", repo, repo.end(repo.tree((f, "a", blob))), [broken], small=True)
    repo = Repo()
    blob = repo.put(b"blob", b"", name="1" * 40, packed=b"not zlib")
    yield case(refuse, "GI-019", "object that is not zlib", repo, repo.end(repo.tree((f, "a", blob))), [broken])
    repo = Repo()
    blob = repo.put(b"blob", bytes(256 << 20 if LARGE else 9), size=10)
    yield case(refuse, "GI-020", "object's header says 10 bytes, and it inflates to 256 MiB", repo, repo.end(repo.tree((f, "a", blob))), [broken], seconds=20)
    repo = Repo()
    blob = repo.put(b"blob", b"x", size=1 << 62)
    yield case(refuse, "GI-020a", "object's header says 2^62 bytes", repo, repo.end(repo.tree((f, "a", blob))), [broken])
    repo = Repo()
    yield case(refuse, "GI-021", "a tree in place of a commit", repo, repo.tree((f, "a", repo.blob("x"))), [broken])
    repo = Repo()
    repo.files.update({"r.git/refs/heads/main": "ref: refs/heads/a\n", "r.git/refs/heads/a": "ref: refs/heads/main\n"})
    yield case(refuse, "GI-022", "ref loop main -> a -> main", repo, "", [broken, "main"], recipe='return git_checkout "g" {{ "file:///w/c/{id}/project/r.git", ref = "main" }}\n')
    repo = Repo()
    commit = repo.end(repo.tree((f, "a", "2" * 40)))
    yield case(refuse, "GI-023", "an object that is not there", repo, commit, [broken])
    repo = Repo()
    commit = repo.end(repo.tree((f, "a", repo.blob("x\n"))))
    repo.files["r.git/config"] += "\tfsmonitor = touch /canary/evil\n\tsshCommand = touch /canary/evil\n\thooksPath = /canary\n[include]\n\tpath = /canary/none\n[uploadpack]\n\tpackObjectsHook = touch /canary/evil\n"
    repo.files["r.git/hooks/post-checkout"] = "#!/bin/sh\ntouch /canary/evil\n"
    repo.files["r.git/hooks/pre-upload"] = "#!/bin/sh\ntouch /canary/evil\n"
    yield case(accept, "GI-024", "settings of the repository that run programs", repo, commit, out={"a": "x\n"}, small=True)
    repo = Repo()
    commit = repo.end(repo.tree((f, "a", "2" * 40)))
    repo.files["r.git/objects/info/alternates"] = "/canary\n"
    yield case(refuse, "GI-029", "alternates point at a folder of the host", repo, commit, [broken])
    repo = Repo()
    repo.files["r.git/HEAD"] = "garbage\n"
    yield case(refuse, "GI-030", "HEAD of garbage", repo, "1" * 40, [broken])
    yield refuse("GI-031", "a repository that is a file", [broken], files={"r.git": "x"}, recipe=RECIPE.format(id="GI-031", commit="1" * 40))
    yield refuse("GI-032", "a repository that is not there", [broken], recipe=RECIPE.format(id="GI-032", commit="1" * 40))
    repo = Repo()
    commit = repo.put(b"commit", b"tree " + b"1" * 40 + b"\n")
    yield case(refuse, "GI-033", "a commit without an author", repo, commit, [broken])
    repo = Repo()
    commit = repo.put(b"commit", f"tree {repo.tree((f, 'a', repo.blob('x')))}\nauthor a <a@b> 99999999999999999999 +9999\ncommitter a <a@b> 99999999999999999999 +0000\n\nx\n".encode())
    yield case(refuse, "GI-034", "a commit of the year 3168808806029", repo, commit, [broken])
    repo = Repo()
    commit = repo.end(repo.tree((f, "a", repo.blob("x"))))
    yield case(refuse, "GI-035", "a subdir that is not there", repo, commit, ["E0914|E0915|E0305", "nope"], recipe='return git_checkout "g" {{ "file:///w/c/{id}/project/r.git", commit = "{commit}", subdir = "nope" }}\n')
    yield case(refuse, "GI-036", "a subdir that climbs", repo, commit, ["E0107", "subdir"], recipe='return git_checkout "g" {{ "file:///w/c/{id}/project/r.git", commit = "{commit}", subdir = "../x" }}\n')
    yield case(refuse, "GI-037", "a ref that is an option", repo, commit, ["E0914|E0912|E0118|E0911", "upload-pack"], recipe='return git_checkout "g" {{ "file:///w/c/{id}/project/r.git", ref = "--upload-pack=touch /canary/evil" }}\n')


def cases():
    yield from trees()
    yield from objects()
