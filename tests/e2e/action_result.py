#!/usr/bin/env python3
"""Reads the results in a shared cache by what the Remote Execution API says of an ActionResult, and by nothing of jkr's.

usage: action_result.py FOLDER     of every file of FOLDER/ac: each field has a number and a type of that API, each digest is
that of a blob in FOLDER/cas or of the contents beside it. Prints what each holds: files with contents, files that are blobs,
symlinks, exit code, whether there is a log, and where it was made; the mistakes go to stderr, and make the status 1.
"""
import hashlib
import os
import sys

# number: name, type; build/bazel/remote/execution/v2/remote_execution.proto
DIGEST = {1: ("hash", "text"), 2: ("size_bytes", "number")}
ANY = {}  # what jkr has no use for: a message that is not looked into
LINK = {1: ("path", "text"), 2: ("target", "text"), 4: ("node_properties", ANY)}
RESULT = {
    2: ("output_files", {1: ("path", "text"), 2: ("digest", DIGEST), 4: ("is_executable", "number"), 5: ("contents", "bytes"),
                         7: ("node_properties", ANY)}),
    3: ("output_directories", {1: ("path", "text"), 3: ("tree_digest", DIGEST), 4: ("is_topologically_sorted", "number"),
                               5: ("root_directory_digest", DIGEST)}),
    4: ("exit_code", "number"), 5: ("stdout_raw", "bytes"), 6: ("stdout_digest", DIGEST), 7: ("stderr_raw", "bytes"),
    8: ("stderr_digest", DIGEST), 9: ("execution_metadata", {1: ("worker", "text"), **{n: ("time", ANY) for n in range(2, 13)}}),
    10: ("output_file_symlinks", LINK), 11: ("output_directory_symlinks", LINK), 12: ("output_symlinks", LINK)}


def varint(data, at):
    n = shift = 0
    while True:
        n |= (data[at] & 127) << shift
        at, shift = at + 1, shift + 7
        if data[at - 1] < 128:
            return n, at


def message(data, fields):
    """{name: [value…]}"""
    got, at = {}, 0
    while at < len(data):
        key, at = varint(data, at)
        if key >> 3 not in fields:
            raise ValueError("no field has the number %d" % (key >> 3))
        name, kind = fields[key >> 3]
        if key & 7 != (0 if kind == "number" else 2):
            raise ValueError("`%s` has the wire type %d" % (name, key & 7))
        value, at = varint(data, at)
        if kind != "number":
            end = at + value
            if end > len(data):
                raise ValueError("`%s` ends behind the end" % name)
            value, at = data[at:end], end
            value = message(value, kind) if kind and isinstance(kind, dict) else value.decode() if kind == "text" else value
        got.setdefault(name, []).append(value)
    return got


def check_digest(folder, what, digest, contents=None):
    name, size = digest["hash"][0], digest.get("size_bytes", [0])[0]
    if contents is None and size:
        with open("%s/cas/%s" % (folder, name), "rb") as f:
            contents = f.read()
    contents = contents or b""
    if (hashlib.sha256(contents).hexdigest(), len(contents)) != (name, size):
        raise ValueError("`%s` is not what its digest says" % what)


def check(folder, name):
    with open("%s/ac/%s" % (folder, name), "rb") as f:
        r = message(f.read(), RESULT)
    files, paths = r.get("output_files", []), set()
    for f in files + r.get("output_symlinks", []):
        path = f["path"][0]
        if path.startswith("/") or path in paths or not path:
            raise ValueError("`%s` is no path of an output" % path)
        paths.add(path)
    for f in files:
        check_digest(folder, f["path"][0], f["digest"][0], f["contents"][0] if "contents" in f else None)
    for field in "stdout_digest", "stderr_digest":
        for digest in r.get(field, []):
            check_digest(folder, field, digest)
    inline = sum("contents" in f for f in files)
    print(name[:12], "inline=%d blobs=%d links=%d exit=%d log=%d worker=%s" % (
        inline, len(files) - inline, len(r.get("output_symlinks", [])), r.get("exit_code", [0])[0], "stdout_digest" in r,
        r.get("execution_metadata", [{}])[0].get("worker", [""])[0]))


bad = 0
for entry in sorted(os.listdir(sys.argv[1] + "/ac")):
    try:
        check(sys.argv[1], entry)
    except (ValueError, KeyError, IndexError, OSError) as e:
        print("%s: %s" % (entry[:12], e), file=sys.stderr)
        bad = 1
sys.exit(bad)
