#!/bin/bash
# source.sh: a folder of 86,000 files as a source of a step; one of them changed.
#
# usage: tests/bench/run.sh source
# shellcheck source=/dev/null
. "$BENCH_HOME/tests/bench/bench.bash"
# shellcheck source=/dev/null
. "$BENCH_HOME/tests/bench/inputs.bash"

work="a folder as a source, one file changed"
file=$(linux_source xz) || { cannot "$work" "linux-source-6.12 could not be fetched" && exit; }
mkdir tree && tar -xf "$file" -C tree --strip-components=1
sed -i '\,^/\*$,d' tree/.gitignore # Debian's ignores all, and git would have nothing to look for
work="a folder of $(find tree -type f -not -path "*/.git/*" | wc -l) files as a source, one changed"
say "ours is \`jkr plan\`, which finds out that the step has to run; git status has an index of the same files"
(cd tree && git init -q . && git add -Af . && git -c user.name=x -c user.email=x@x -c gc.auto=0 commit -qm x) >git.log 2>&1 ||
  { cannot "$work" "git could not take the folder in" && exit; }
cat >recipe.lua <<'LUA'
recipe "s" { version = "1", license = "MIT", summary = "a folder" }
return bundle "s" { copy "few" { "tree", exclude = { "*a*", "*e*", "*i*", "*o*", "*u*" } } }
LUA
sleep 3 # what is written in the last two seconds is not yet remembered
export JKR_STORE=$PWD/base
"$JKR" run recipe.lua >log 2>&1 || { cannot "$work" "the first run failed" && tail -n 5 log && exit; }
sed -i '1s/^/changed /' tree/kernel/sched/core.c

# Of all files only the changed one may be opened for reading.
if command -v strace >/dev/null; then
  opened=$(strace -f -e trace=openat,openat2,open "$JKR" plan recipe.lua 2>&1 >/dev/null |
    grep -E '\.[chS]"|/(Makefile|Kconfig)"' | grep -vc ENOENT)
  figure "files of it that were read" 1 files "$opened"
fi
quick "$work" 1 3 "$JKR plan recipe.lua" "git status" "git -C tree status"
