#!/bin/bash
# sandbox.sh: recipes that attack: each ends in 5 s and 256 MB with a sentence; what they reach is a golden list,
# odd calls of all of it neither crash nor hang, and the load's process makes no system call but the allowed ones.
#
# usage: sandbox.sh      tests/torture/run.sh gives JKR, WORK and TORTURE      UPDATE=1 rewrites reachable.txt
set -u
here=$(cd "$(dirname "$0")" && pwd)/sandbox
top=$(cd "$here/../../.." && pwd)
mkdir -p "$WORK" && cd "$WORK" || exit 1
export JKR_STORE=$WORK/store NO_COLOR=1 JKR_PATH=$top
status=0

# what is reachable
count() { printf 'torture %s: %d cases, %d failed %s\n' "$1" "$2" "$3" "${4-}"; [ "$3" = 0 ] || status=1; }
reach() {
  local libs bad=0
  libs=$(pkg-config --libs lua5.4 libarchive libgit2 libcjson yaml-0.1 libcurl libseccomp liblzma libzstd zlib)
  # shellcheck disable=SC2046,SC2086
  gcc -std=c11 -D_GNU_SOURCE -I"$top/interp" $(pkg-config --cflags lua5.4) -o walk "$here/walk.c" \
    "$(dirname "$JKR")/libjkr.a" $libs -l:libcrypto.a -l:libprotobuf-c.a -lfdt -lbz2 -lm -lpthread || return 1
  ./walk >reachable || bad=1
  [ "${UPDATE:-}" != 1 ] || cp reachable "$here/reachable.txt"
  diff -u "$here/reachable.txt" reachable || bad=$((bad + 1))
  # positive control: a library that is not on the list shows
  ./walk io | grep -q 'io.popen function' || { echo "the walk does not see io.popen"; bad=$((bad + 1)); }
  count sandbox-reach "$(wc -l <reachable)" "$bad" "(names)"
}

# the system calls of the load's process, behind its walls
calls() {
  local bad=0 got pid
  printf 'local t = {}\nfor i = 1, 2000 do t[i %% 99 + 1] = ("x"):rep(i %% 5000) end\nlocal large = ("x"):rep(1e6)\nlarge = nil\nfor i = 1, 100 do t[i] = (t[i] or "") .. "y" end\nfor i = 1, 50 do write { path = "a", text = t[i] or "" } end\nlocal k = linux\nreturn 7\n' >calls.lua
  cp "$top/examples/hello.lua" . 2>/dev/null
  strace -f -qq -o calls.trace "$JKR" check calls.lua >/dev/null 2>&1
  pid=$(awk '/seccomp\(SECCOMP_SET_MODE_FILTER, 0,.* = 0$/ { print $1; exit }' calls.trace)
  [ -n "$pid" ] || { echo "no process entered seccomp"; bad=1; }
  got=$(awk -v pid="$pid" '$1 == pid && behind && match($2, /^[a-z_0-9]+\(/) { sub(/\(.*/, "", $2); print $2 }
    $1 == pid && /seccomp\(SECCOMP_SET_MODE_FILTER, 0,.* = 0$/ { behind = 1 }' calls.trace | sort -u)
  # shellcheck disable=SC2086
  for call in $got; do
    grep -qx "$call" "$here/calls.txt" || { echo "the load calls $call"; bad=$((bad + 1)); }
  done
  # both ends are told only through its socket
  sed '1,/SET_MODE_FILTER, 0,/d' calls.trace | grep -E "^$pid +(read|write)\(" | grep -vE '(read|write)\(3,' && bad=$((bad + 1))
  # positive control: any other call there ends the process, and the message says so
  strace -f -qq -o kill.trace -e inject=brk:retval=0:syscall=getppid:when=1+ "$JKR" check calls.lua 2>kill.err
  grep -q 'SIGSYS' kill.trace || { echo "a forbidden call did not end the load"; bad=$((bad + 1)); }
  grep -q 'does what a load may not (SYS)' kill.err || { cat kill.err; bad=$((bad + 1)); }
  count sandbox-calls "$(grep -c "^$pid" calls.trace)" "$bad" "(${got//$'\n'/ })"
}

reach
calls
python3 "$here/attacks.py" || status=1
python3 "$here/odd.py" reachable || status=1
exit $status
