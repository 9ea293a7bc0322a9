#!/bin/bash
# wild.sh: steps that run wild are stopped, and the message names the limit; with groups of the kernel and without.
#
# usage: wild.sh      tests/torture/run.sh gives JKR, WORK and TORTURE
#
# Each step has a timeout; one that ignores it, or its limit, is a fault. A fork bomb runs below a hard limit of the
# kernel, jkr's own or one put around jkr: without any it would take the machine of whoever runs this.
# shellcheck disable=SC2016,SC2317  # what steps run, and what runs through "${under[@]}"
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=/dev/null
. "$here/../e2e/helper.bash"
# shellcheck disable=SC2153
mkdir -p "$WORK/project" && cd "$WORK/project" || exit 1
export JKR_STORE=$WORK/store NO_COLOR=1
status=0 cases=0 failed=0 mode=groups
make_image yes tail head seq nice perl
doctor() { "$JKR" doctor | sed -n 's/^ *\(ok\|absent\|MISSING\) *cgroups .*/\1/p'; }

# hidden: runs a command where no group can be made
cat >hidden <<'SH'
#!/bin/sh
exec unshare -m sh -c 'mount -t tmpfs none /sys/fs/cgroup && exec "$@"' sh "$@"
SH
chmod +x hidden

# guarded: runs a command in a group that holds at most 8,000 processes
guard=
for at in /sys/fs/cgroup/pids /sys/fs/cgroup; do
  [ -z "$guard" ] || break
  mkdir "$at/jkr-torture.$$" 2>/dev/null || continue
  guard=$at/jkr-torture.$$
  { echo 8000 >"$guard/pids.max"; } 2>/dev/null || { rmdir "$guard" && guard=; }
done
guarded() { (echo "$BASHPID" >"$guard/cgroup.procs" && exec ./hidden "$@"); }
trap '[ -z "$guard" ] || for i in 1 2 3 4 5; do rmdir "$guard" && break || sleep 0.2; done 2>/dev/null' EXIT

# recipe NAME PARAMETERS SCRIPT
recipe() {
  { head_of; printf 'return run_in_container "%s" { "sh", "-c", [==[%s]==], toolchain = img, %s }\n' "$1" "$3" "$2"; } >"$1.lua"
}

fault() { echo "wild ($mode): $*"; bad=1; }

# wild NAME SECONDS MESSAGE PARAMETERS SCRIPT: fails with the message within the time; nothing of it is left
wild() {
  local name=$1 seconds=$2 want=$3 bad=0 begun=$SECONDS log code rss pid
  [ -z "${ONLY:-}" ] || [ "$ONLY" = "$name" ] || return
  recipe "$name" "$4" "$5"
  cases=$((cases + 1))
  "${under[@]}" /usr/bin/env python3 - "$JKR" run "$name.lua" --progress plain >"$name.out" 2>"$name.err" <<'PY'
import os, sys, time
pid = os.spawnv(os.P_NOWAIT, sys.argv[1], sys.argv[1:])
top = 0
while True:
    done, status = os.waitpid(pid, os.WNOHANG)
    if done:
        break
    try:
        top = max(top, int(open(f"/proc/{pid}/statm").read().split()[1]) * 4)
    except (OSError, IndexError):
        pass
    time.sleep(0.05)
open("held", "w").write(f"{top} {pid}\n")
sys.exit(os.waitstatus_to_exitcode(status) & 255)
PY
  code=$?
  read -r rss pid <held
  grep -qF -- "$want" "$name.err" || fault "$name: no \`$want\` in: $(head -5 "$name.err")"
  [ $((SECONDS - begun)) -le "$seconds" ] || fault "$name took $((SECONDS - begun)) s of $seconds"
  [ "$code" = "${code_wanted:-1}" ] || fault "$name: exit status $code"
  [ "$rss" -le 65536 ] || fault "$name: the runner held $rss KiB"
  log=$(find "$JKR_STORE/logs" -maxdepth 1 -name "$name-*" -size +257M)
  [ -z "$log" ] || fault "$name: the log is larger than its cap"
  ! pgrep -f "wild-$name-mark" >/dev/null || fault "$name: a process lives on"
  ! find /sys/fs/cgroup -name "jkr.$pid-*" 2>/dev/null | grep -q . || fault "$name: a group is left"
  failed=$((failed + bad))
}

all() {
  wild memory 12 'more than its `memory` of 64 MiB' 'memory = "64M", timeout = 20' 'cat /dev/zero | tail -c 400M'
  wild malloc 12 'more than its `memory` of 200 MiB' 'memory = "200M", timeout = 20' \
    'perl -e "\$x = q(x) x (64 << 30)" || for i in 1 2 3 4; do cat /dev/zero | tail -c 400M & done; wait'
  wild timeout 12 'after 2 s, its `timeout`' 'timeout = 2' 'exec sleep 1000000'
  wild deaf 12 'after 2 s, its `timeout`' 'timeout = 2' 'trap "" TERM INT HUP QUIT; while :; do sleep 1000; done'
  wild daemon 12 'after 2 s, its `timeout`' 'timeout = 2' \
    'for i in 1 2 3; do (setsid sh -c "setsid sh -c \"trap : TERM; sleep 1000; : wild-daemon-mark\" & sleep 1000") & done; sleep 1000'
  code_wanted=0 wild orphan 12 '' 'timeout = 5, outputs = { "x" }' \
    '(setsid sh -c "sleep 1000; : wild-orphan-mark" </dev/null >/dev/null 2>&1 &) ; echo x >/jkr/out/x'
  wild files 20 'Too many open files' 'timeout = 15' \
    'ulimit -n 65536; perl -e "while (open my \$f, q(<), q(/dev/null)) { push @f, \$f } die qq(\$!\n) if @f < 1000000"'
  wild processes 15 'more than its `processes` of 50' 'processes = 50, timeout = 20' \
    'i=0; while [ $i -lt 400 ]; do i=$((i + 1)); sleep 100 & done; wait'
  code_wanted=0 wild spoke 12 '' 'processes = 50, timeout = 10, outputs = { "x" }' \
    'for i in 1 2 3 4 5; do sleep 0.1 & done; wait; echo x >/jkr/out/x'
  wild log 60 'after 8 s, its `timeout`' 'timeout = 8' 'while :; do yes | head -c 1000000000; done'
  wild line 60 'after 5 s, its `timeout`' 'timeout = 5' 'exec cat /dev/zero'
}

bomb() { ONLY=bomb wild bomb "$1" 'more than its `processes` of 300' 'processes = 300, timeout = 60' 'f() { f | f & f | f; }; f'; }

# the limits that need a disk of their own
disk() {
  local bad=0
  cases=$((cases + 1))
  recipe fill 'timeout = 30, outputs = { "f" }' 'head -c 10G /dev/zero >/jkr/out/f'
  mkdir -p small
  "${under[@]}" unshare -m sh -c 'mount -t tmpfs -o size=200m none small && JKR_STORE=$PWD/small exec "$0" run fill.lua -q' "$JKR" 2>fill.err
  grep -q "of the store's disk" fill.err || fault "fill: $(head -3 fill.err)"
  failed=$((failed + bad))
}

# a run that is killed leaves a group; the next one takes it away
killed() {
  local bad=0 pid
  cases=$((cases + 1))
  recipe left 'timeout = 60' 'echo started; exec sleep 600'
  "$JKR" run left.lua -q 2>/dev/null &
  pid=$!
  for _ in $(seq 100); do find /sys/fs/cgroup -name "jkr.$pid-*" | grep -q . && break; sleep 0.1; done
  find /sys/fs/cgroup -name "jkr.$pid-*" | grep -q . || fault "killed: no group was made"
  sleep 0.5; kill -9 "$pid"; wait "$pid" 2>/dev/null
  recipe next 'outputs = { "x" }' 'echo x >/jkr/out/x'
  "$JKR" run next.lua -q || fault "killed: the next run fails"
  ! find /sys/fs/cgroup -name "jkr.$pid-*" 2>/dev/null | grep -q . || fault "killed: its group is still there"
  failed=$((failed + bad))
}

under=(env)
if [ "$(doctor)" = ok ]; then
  if [ "$TORTURE" = small ]; then
    for ONLY in memory deaf; do all; done
    killed
  else
    all
    bomb 15
    disk
    killed
  fi
  # positive control: without its limit the same step lives to its timeout
  ONLY=free wild free 12 'after 1 s, its `timeout`' 'timeout = 1' 'i=0; while [ $i -lt 60 ]; do i=$((i + 1)); sleep 100 & done; wait'
else
  echo "wild: no group of the kernel can be made here: that half of the promise is not tried"
fi
echo "torture wild-groups: $cases cases, $failed failed (doctor: $(doctor))"
[ "$failed" = 0 ] || status=1

mode=watched cases=0 failed=0 JKR_STORE=$WORK/store-watched
if unshare -m true 2>/dev/null; then under=(./hidden); fi
if [ "$TORTURE" = small ]; then
  ONLY=processes all
else
  all
  disk
  # root alone: others meet their own limit of processes first, and may end by it
  if [ -n "$guard" ] && [ "$(id -u)" = 0 ]; then under=(guarded) && bomb 5; else echo "wild: no bomb is set off without groups: nothing would hold it"; fi
fi
echo "torture wild-watched: $cases cases, $failed failed"
[ "$failed" = 0 ] || status=1
exit $status
