# What documents say of tests: each one that is named is there.

load helper

# A row's last column names tests: `FILE.bats`: words of a name …; `errors/PAIR`; `unit/PROGRAM`.
named() {
  python3 - "$1" "${BATS_TEST_DIRNAME%/*}" <<'PY'
import glob, os, re, sys
text, tests = open(sys.argv[1]).read(), sys.argv[2]
found, told = {}, 0
for path in glob.glob(f"{tests}/*/*.bats"):
    found.setdefault(os.path.basename(path), []).extend(re.findall(r'^@test "(.*)" \{', open(path).read(), re.M))

def there(name, words):
    if name.startswith("errors/"):
        return os.path.exists(f"{tests}/{name}.err")
    if name.startswith("unit/"):
        return os.path.exists(f"{tests}/{name}.c")
    # words may leave out parts of a name, and say so
    parts = ".*".join(re.escape(part.strip()) for part in words.split("…"))
    return name in found and (not words or any(re.search(parts, test) for test in found[name]))

for row in text.splitlines():
    cells = row.split(" | ")
    if not row.startswith("|") or len(cells) != 3:
        continue
    name = None
    for part in re.split(r"[;,] ", cells[2].rstrip(" |")):
        named = re.match(r"`([\w-]+\.bats|(?:errors/|unit/)?[\w-]+)`(?:: )?(.*)", part)
        if named:
            group = name.split("/")[0] if name and "/" in name else None
            name, words = named[1], named[2]
            if group and "/" not in name and not name.endswith(".bats"):
                name = f"{group}/{name}"  # `errors/one`, `two`
        elif name and name.endswith(".bats"):
            words = part
        else:
            continue
        told += 1
        words = re.sub(r" of `.*| and$", "", words)
        if not there(name, words):
            print(f"{name}: {words}")
print(told)
PY
}

@test "each test that docs/coming-from-shell.md names is there" {
  doc=${BATS_TEST_DIRNAME%/*/*}/docs/coming-from-shell.md
  named "$doc" >said
  cat said
  [ "$(wc -l <said)" = 1 ] && [ "$(cat said)" -gt 70 ]
  # the probe sees one that is not
  { cat "$doc" && echo '| a | b | `tiny.bats`: a first run builds nothing … |' && echo '| a | b | `errors/none` |'; } >wrong.md
  named wrong.md >said
  [ "$(wc -l <said)" = 3 ]
}
