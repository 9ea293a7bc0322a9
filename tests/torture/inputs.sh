#!/bin/bash
# inputs.sh: runs jkr on bad inputs (tests/torture/inputs/README.md): each is accepted or refused as it has to be, nothing escapes,
# nothing is left, and the message explains itself.
#
# usage: WORK=DIR JKR=build/jkr TORTURE=small|full tests/torture/inputs.sh [ID…|KIND…]
#
# SHOW=1 prints every message. JKR=build/san/jkr runs the same with the sanitizers.
set -u
top=$(realpath "$(dirname "$0")/../..")
jkr=$(realpath "${JKR:-$top/build/jkr}")
work=${WORK:-$(mktemp -d "${TMPDIR:-/tmp}/jkr-inputs.XXXXXX")}
parts=$(nproc)
[ "$parts" -le 2 ] || parts=2

# in_world N PROGRAM ARGUMENT…: in a root of its own, where everything but /usr and the project can be written
# the outer /proc is there because bubblewrap hides parts of its own, and then the kernel lets no sandbox inside mount one
in_world() {
  local root=$work/world.$1 bind=()
  shift
  mkdir -p "$root"/{tmp,etc,root,home,var/tmp,w}
  for link in bin sbin lib lib32 lib64 libx32; do
    [ ! -L "/$link" ] || [ -L "$root/$link" ] || ln -s "usr/$link" "$root/$link"
  done
  for file in /etc/alternatives /etc/ld.so.cache /etc/ld.so.conf /etc/ld.so.conf.d; do
    [ ! -e "$file" ] || bind+=(--ro-bind "$file" "$file")
  done
  bwrap --bind "$root" / --ro-bind /usr /usr --ro-bind "$top" "$top" "${bind[@]}" --proc /proc --bind /proc /proc.host --dev /dev --unshare-pid --unshare-net \
    --unshare-ipc --die-with-parent --new-session --clearenv --setenv PATH /usr/bin:/usr/sbin:/bin:/sbin --setenv LC_ALL C.UTF-8 \
    --setenv TORTURE "${TORTURE:-full}" --setenv PYTHONDONTWRITEBYTECODE 1 -- "$@"
}

options=()
[ -z "${SHOW:-}" ] || options+=(--show)
for ((i = 0; i < parts; i++)); do
  in_world "$i" /usr/bin/python3 "$top/tests/torture/inputs/probe.py" "$top" "$jkr" --part "$i/$parts" "${options[@]}" "$@" \
    >"$work/part.$i" 2>&1 &
done
wait
failed=0
for ((i = 0; i < parts; i++)); do
  grep -v '^count ' "$work/part.$i"
  grep -q '^count ' "$work/part.$i" || failed=1
done
grep -h '^count ' "$work"/part.* | awk '{ n[$2] += $3; bad[$2] += $4; s[$2] += $5 }
  END { for (k in n) { printf "torture inputs/%s: %d cases, %d failed (%.1f s)\n", k, n[k], bad[k], s[k]; b += bad[k] } exit b > 0 }' | sort
[ "${PIPESTATUS[1]}" = 0 ] && [ "$failed" = 0 ]
