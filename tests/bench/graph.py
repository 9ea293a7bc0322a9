"""graph.py: writes one graph of N steps in the languages of jkr, ninja, tup and make.

usage: tests/bench/graph.py N [loop]      into the current folder: graph.lua, build.ninja, Tupfile, Makefile

A tree of arity 3, its leaves first: two thirds of the steps write a file of a few bytes, one third takes one
file from each of three others (jkr copies them, the peers concatenate them). Step 0 needs all others. Every
description is plain text with a line or two for each step; with `loop` graph.lua makes the same steps in a loop,
as people would, and as more than 10,000 must: a recipe has at most 1 MiB.
"""
import sys

n = int(sys.argv[1])
lua, ninja, tup, make = [], [], [], []
lua.append('recipe "graph" { version = "1", license = "MIT", summary = "%d steps" }' % n)
lua.append("local s = {}")
ninja += ["rule write", "  command = echo $text >$out", "rule join", "  command = cat $in >$out"]
make += [".SUFFIXES:", "all: f0"]

first = {}  # the file of a step that others take
for i in reversed(range(n)):
    inputs = [c for c in range(3 * i + 1, 3 * i + 4) if c < n]
    first[i] = first[inputs[0]] if inputs else "f%d" % i
    files = " ".join("f%d" % c for c in inputs)
    if inputs:
        lua.append('s[%d] = copy "s%d" { %s }' % (i, i, ", ".join('s[%d] / "%s"' % (c, first[c]) for c in inputs)))
        ninja.append("build f%d: join %s" % (i, files))
        tup.append(": %s |> cat %%f >%%o |> f%d" % (files, i))
        make.append("f%d: %s\n\tcat $^ >$@" % (i, files))
    else:
        lua.append('s[%d] = write "s%d" { path = "f%d", text = "step %d\\n" }' % (i, i, i, i))
        ninja.append("build f%d: write\n  text = step %d" % (i, i))
        tup.append(": |> echo step %d >%%o |> f%d" % (i, i))
        make.append("f%d:\n\techo step %d >$@" % (i, i))
lua.append("return s[0]")
if sys.argv[2:] == ["loop"]:
    lua = [lua[0], """local s, first = {}, {}
for i = %d, 0, -1 do
  local from = {}
  for c = 3 * i + 1, math.min(3 * i + 3, %d) do from[#from + 1] = s[c] / first[c] end
  first[i] = from[1] and first[3 * i + 1] or "f" .. i
  s[i] = from[1] and copy("s" .. i)(from) or write("s" .. i) { path = "f" .. i, text = "step " .. i .. "\\n" }
end
return s[0]""" % (n - 1, n - 1)]
ninja.append("default f0")

for name, lines in ("graph.lua", lua), ("build.ninja", ninja), ("Tupfile", tup), ("Makefile", make):
    with open(name, "w") as f:
        f.write("\n".join(lines) + "\n")
