#!/bin/bash
# plan.sh: commands that only look change nothing, and a plan is the same bytes wherever it is made.
#
# usage: plan.sh      tests/torture/run.sh gives JKR, WORK and TORTURE
#
# The recipes of examples/ and recipes/ under strace: no file is opened to be written (but /dev/null, the terminal and unlinked
# memory), none is made, moved or removed, no socket is of a network, and no program runs but apt and what it
# starts, which is asked for what is not locked. Then the same plan from many environments. All but one are locked
# before, where this machine has archives: apt takes seconds, and is no part of jkr.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck disable=SC2153
mkdir -p "$WORK" && cd "$WORK" || exit 1
mkdir -p project && cp -r "$top/examples" "$top/recipes" "$top/fragments" "$top/jkr.yaml" project && cd project || exit 1
export JKR_STORE=$WORK/store NO_COLOR=1 HOME=$WORK
status=0
recipes=(examples/*.lua recipes/*.lua)
[ "$TORTURE" != small ] || recipes=(examples/hello.lua examples/tree.lua)
calls=open,openat,openat2,creat,mkdir,mkdirat,unlink,unlinkat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,mknod,mknodat,truncate,ftruncate,chmod,fchmod,fchmodat,chown,fchown,fchownat,lchown,utimensat,setxattr,fsetxattr,lsetxattr,mount,umount2,socket,execve,execveat

# changes TRACE: lines of calls that succeeded and change something, or reach out
changes() {
  grep -vE '= -1 |resumed>|\+\+\+|---' "$1" | grep -E \
    'open[a-z0-9]*\(.*(O_WRONLY|O_RDWR|O_CREAT|O_TMPFILE)|(creat|mkdir|mkdirat|unlink|unlinkat|rename|renameat|renameat2|link|linkat|symlink|symlinkat|mknod|mknodat|truncate|ftruncate|chmod|fchmod|fchmodat|chown|fchown|fchownat|lchown|utimensat|setxattr|fsetxattr|lsetxattr|mount|umount2)\(|socket\(AF_(INET|INET6|PACKET|NETLINK)|execve' |
    grep -vE '"/dev/(null|tty|pts/[0-9]+)"|execve\("[^"]*/(jkr|jkr-[a-z]*)"'
}

# looks COMMAND…: one command under strace; what apt does is apt's
looks() {
  strace -f -qq -e trace="$calls" -o ../trace "$JKR" "$@" >../out 2>../err </dev/null
  changes ../trace >../changed
  if grep -q 'execve("[^"]*/apt' ../changed; then apts=$((apts + 1)); : >../changed; fi
  cases=$((cases + 1))
  if [ -s ../changed ] || [ -e "$JKR_STORE" ]; then
    failed=$((failed + 1))
    echo "plan: jkr $*: $(head -3 ../changed)"
    rm -rf "$JKR_STORE"
  fi
}

# locked: the recipes that need no apt any more; asks: one that does, in a project of its own
asks='' locked=()
for recipe in "${recipes[@]}"; do
  if "$JKR" update "$recipe" -q >../out 2>../err </dev/null; then locked+=("$recipe"); else echo "plan: $recipe is left out: it cannot be locked: $(head -1 ../err)"; fi
done
rm -rf "$JKR_STORE"
if [ -e jkr.lock ]; then
  mkdir -p ../asks && cp -r examples/. ../asks
  asks=compile.lua
fi
recipes=("${locked[@]}")

cases=0 failed=0 apts=0
for recipe in "${recipes[@]}"; do
  step=$("$JKR" plan "$recipe" --format json 2>/dev/null </dev/null | python3 -c 'import json, sys; print(json.load(sys.stdin)["steps"][0]["name"])' 2>/dev/null)
  rm -rf "$JKR_STORE"
  for command in plan check graph doc ls; do looks "$command" "$recipe"; done
  [ -z "$step" ] || looks why "$recipe" "$step"
done
if [ -n "$asks" ]; then
  cd ../asks || exit 1
  for command in plan check graph; do looks "$command" "$asks"; done
  cd ../project || exit 1
  [ "$apts" -gt 0 ] || { failed=$((failed + 1)); echo "plan: nobody asked apt for $asks"; }
elif [ "$TORTURE" != small ]; then
  echo "plan: no recipe asks apt: this machine has no archives"
fi
looks doc
looks --version
# positive control: the same eyes see a run
strace -f -qq -e trace="$calls" -o ../trace "$JKR" run examples/hello.lua -o ../control -q >/dev/null 2>&1 </dev/null
[ "$(changes ../trace | wc -l)" -gt 10 ] || { failed=$((failed + 1)); echo "plan: a run is not seen to change anything"; }
rm -rf "$JKR_STORE"
echo "torture plan-changes: $cases cases, $failed failed ($apts asked apt)"
[ "$failed" = 0 ] || status=1

# one plan from many places: the JSON and the text, byte by byte; `took` is no part of either
python3 - "$TORTURE" "${recipes[@]}" <<'PY' || status=1
import os, random, subprocess, sys
jkr, small = os.environ["JKR"], sys.argv[1] == "small"
r = random.Random(7)
keep = {"PATH": os.environ["PATH"], "JKR_STORE": os.environ["JKR_STORE"], "NO_COLOR": "1"}

def noise():
    names = ["FOO", "LC_ALL", "LANG", "TZ", "HOME", "USER", "LOGNAME", "HOSTNAME", "SOURCE_DATE_EPOCH", "MAKEFLAGS", "CC",
             "CFLAGS", "ARCH", "CROSS_COMPILE", "LUA_PATH", "LUA_CPATH", "LUA_INIT", "LUA_INIT_5_4", "TMPDIR", "TAR_OPTIONS",
             "GZIP", "XZ_OPT", "GIT_DIR", "GIT_CONFIG_GLOBAL", "KBUILD_BUILD_USER", "COLUMNS", "TERM", "EDITOR", "_", "SHLVL"]
    values = ["", "1", "garbage", "/nonexistent", "error('x')", "de_DE.UTF-8", "tr_TR.UTF-8", "Asia/Kathmandu", "\xff\xfe", "--help", "-" * 5000]
    return {r.choice(names) + ("" if r.random() < .7 else str(r.randrange(99))): r.choice(values) for _ in range(r.randrange(12))}

ways = [({}, [])]
ways += [({"LC_ALL": x}, []) for x in ("C", "C.UTF-8", "POSIX", "tr_TR.UTF-8")] + [({"TZ": x}, []) for x in ("UTC-14", "Asia/Kathmandu")]
ways += [({}, ["setarch", "-R"]), ({}, ["sh", "-c", 'umask 000; exec "$@"', "sh"]), ({}, ["sh", "-c", 'umask 077; exec "$@"', "sh"]),
         ({}, ["sh", "-c", 'ulimit -n 64; ulimit -s 1024; exec "$@"', "sh"]), ({}, ["taskset", "1"]), ({}, ["nice", "-n", "5"])]
if os.geteuid() == 0:
    ways += [({}, ["unshare", "-u", "sh", "-c", 'hostname other; exec "$@"', "sh"]),
             ({"HOME": "/nonexistent"}, ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"])]
ways += [(noise(), []) for _ in range(3 if small else 20)]
cases = failed = 0
for recipe in sys.argv[2:]:
    for args in (["plan", recipe, "--format", "json"], ["plan", recipe], ["graph", recipe], ["check", recipe]):
        first = None
        for env, wrap in ways:
            p = subprocess.run([*wrap, jkr, *args], env={**keep, **env}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            got = (p.returncode, p.stdout)
            first = first or got
            cases += 1
            if got != first:
                failed += 1
                print(f"plan: {' '.join(args)} differs with {env} {wrap}:\n  {got[1][:300]!r}\n  {first[1][:300]!r}")
# positive control: a recipe that differs in one byte has another plan
with open("examples/hello.lua") as one, open("examples/other.lua", "w") as two:
    two.write(one.read().replace('text = "', 'text = "x', 1))
plans = {subprocess.run([jkr, "plan", name, "--format", "json"], env=keep, stdout=subprocess.PIPE).stdout.replace(b"other.lua", b"hello.lua") for name in ("examples/hello.lua", "examples/other.lua")}
if len(plans) != 2:
    failed += 1
    print("plan: one byte more in the recipe is not seen")
print(f"torture plan-same: {cases} cases, {failed} failed ({len(ways)} environments)")
sys.exit(failed != 0)
PY
exit $status
