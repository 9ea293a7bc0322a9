"""locks: jkr.lock, which is JSON and decides what is built."""
import json

from case import accept, refuse

RECIPE = 'return write "w" { path = "a", text = "b" }\n'


def bad(id, what, text, *says, **more):
    more.setdefault("place", "jkr.lock")
    return refuse(id, what, [says[0], "jkr.lock", *says[1:]], files={"jkr.lock": text}, recipe=RECIPE, **more)


def lock(inputs, version=1, **more):
    return json.dumps({"version": version, "inputs": inputs, **more})


def pinned(id, what, pin, *says, url="https://127.0.0.1:9/r.git"):
    """a pin of a branch that is no commit"""
    return refuse(id, what, list(says), files={"jkr.lock": lock({f"git:{url}#main": {"pin": pin}})}, run=["run", "recipe.lua", "-q", "-o", "../out", "--locked"],
                  recipe=f'return git_checkout "g" {{ "{url}", ref = "main" }}\n', place="jkr.lock")


def pins():
    yield accept("LK-000", "the ordinary file", files={"jkr.lock": lock({})}, recipe=RECIPE, out={"a": "b"}, small=True)
    yield pinned("LK-001", "commit is a branch name", "main", "E0903|E1010", "main")
    yield pinned("LK-002", "abbreviated commit", "0123abc", "E0903|E1010", "main")
    yield pinned("LK-003", "commit with capitals", "ABCDEF" + "0" * 34, "E0903|E1010|E0914|E0913", "main")
    yield pinned("LK-008", "commit is an option", "--upload-pack=touch /canary/evil", "E0903|E1010", "main")
    yield bad("LK-006", "pin that is a list", lock({"a": {"pin": ["x"]}}), "E0903", "`a`")
    yield bad("LK-007", "pin with more than a pin", lock({"a": {"pin": "x", "path": "../../etc"}}), "E0903", "`a`")
    yield bad("LK-009", "pin with control characters", lock({"a": {"pin": "x\x1b[31m"}}), "E0903", "`a`")
    yield bad("LK-009a", "name with control characters", lock({"a\x1b[31m": {"pin": "x"}}), "E0903")
    yield bad("LK-010", "version 999", lock({}, 999), "E0903", "version 999", small=True)
    yield bad("LK-010a", "version -1", lock({}, -1), "E0903", "version")
    yield bad("LK-010b", "version as a text", lock({}, "1"), "E0903", "version")
    yield bad("LK-010c", "version 2^80", '{"version": 1208925819614629174706176, "inputs": {}}', "E0902|E0903")
    yield bad("LK-012", "two entries of one name", '{"version": 1, "inputs": {\n"a": {"pin": "x"},\n"a": {"pin": "y"}}}', "E0902", "`a`")
    yield bad("LK-013", "merge-conflict marks", '{\n<<<<<<< HEAD\n"version": 1\n=======\n"version": 2\n>>>>>>> x\n}', "E0903", "jkr.lock:2", small=True)
    yield bad("LK-014", "a key that nobody knows", lock({}, evil=1), "E0903")
    yield bad("LK-015", "a list", "[]", "E0903")
    yield accept("LK-016", "inputs that are an empty list: no pin, as of an empty table", files={"jkr.lock": '{"version": 1, "inputs": []}'}, recipe=RECIPE, out={"a": "b"})
    yield bad("LK-016a", "inputs that are a list", '{"version": 1, "inputs": ["x"]}', "E0903")
    yield bad("LK-017", "empty file", "", "E0902|E0903")
    yield refuse("LK-020", "the lock is a fifo", ["E0903", "jkr.lock"], files={"jkr.lock": ("fifo",)}, recipe=RECIPE, place="jkr.lock")
    yield refuse("LK-021", "the lock is a folder", ["E0903", "jkr.lock"], files={"jkr.lock/x": ""}, recipe=RECIPE, place="jkr.lock")
    yield refuse("LK-022", "the lock is a link out of the project", ["E0903", "jkr.lock"], files={"jkr.lock": ("link", "/canary/file")}, recipe=RECIPE, place="jkr.lock")
    yield refuse("LK-023", "the lock is /dev/zero", ["E0903", "jkr.lock"], files={"jkr.lock": ("link", "/dev/zero")}, recipe=RECIPE, place="jkr.lock")


def texts():
    def json_(id, what, text, *says, **more):
        return bad(id, what, text, "E0902|E0903", *says, **more)
    yield json_("JS-010", "100000 deep", "[" * 100000 + "]" * 100000, small=True)
    yield json_("JS-010a", "100000 objects deep", '{"a":' * 100000 + "1" + "}" * 100000)
    yield json_("JS-011", "a number with a fraction", '{"version": 1.5, "inputs": {}}')
    yield json_("JS-012", "NaN", '{"version": NaN, "inputs": {}}')
    yield json_("JS-013", "duplicate keys", '{"version": 1, "version": 1, "inputs": {}}', "version")
    yield json_("JS-014", "comments", '{"version": 1, /* x */ "inputs": {}}')
    yield json_("JS-015", "a comma at the end", '{"version": 1, "inputs": {},}')
    yield json_("JS-016", "\\u0000 inside a path", '{"version": 1, "inputs": {"a\\u0000/../b": {"pin": "x"}}}')
    yield json_("JS-016a", "a lone surrogate", '{"version": 1, "inputs": {"\\ud800": {"pin": "x"}}}')
    yield json_("JS-017", "truncated object", '{"version": 1, "inputs": {"a": {"pin": "x', small=True)
    yield json_("JS-018", "invalid UTF-8", b'{"version": 1, "inputs": {"caf\xe9": {"pin": "x"}}}')
    yield json_("JS-019", "NUL in the text", b'{"version": 1,\0 "inputs": {}}')
    yield json_("JS-020", "garbage behind it", '{"version": 1, "inputs": {}} x')
    yield json_("JS-021", "two objects", '{"version": 1, "inputs": {}}{}')
    yield json_("JS-022", "single quotes", "{'version': 1, 'inputs': {}}")
    yield json_("JS-023", "a text of 20 MiB", '{"version": 1, "inputs": {"' + "x" * (20 << 20) + '": {"pin": "x"}}}')
    keys = ",\n".join(f'"k{i}": {{"pin": "x"}}' for i in range(100000))
    yield accept("JS-024", "100000 keys in time", files={"jkr.lock": '{"version": 1, "inputs": {' + keys + "}}"}, recipe=RECIPE, out={"a": "b"}, seconds=4)
    yield json_("JS-025", "a web page", "<!DOCTYPE html><html></html>")
    yield json_("JS-026", "random bytes", bytes((i * 73 + (i >> 2)) & 255 for i in range(3000)))
    yield json_("JS-027", "a BOM", b'\xef\xbb\xbf{"version": 1, "inputs": {')


def cases():
    yield from pins()
    yield from texts()
