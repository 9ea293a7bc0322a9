# shellcheck shell=sh
# bases.sh: by which base a configuration is told, run in a kernel's build directory by `jkr new board`.
#
# usage: OUT MAKE ARGUMENT… TARGET     (TARGET, the step's own, is left out)
# The directory's .config becomes OUT/config by olddefconfig. For each BASE of defconfig, allnoconfig and alldefconfig
# OUT/BASE are lines that, appended to it (for alldefconfig: in place of all defaults), give OUT/config, and OUT/BASE.left
# what they do not give. They begin with what two minimal configurations differ in; a symbol that a base holds at what was
# its default is added when the result shows it.
set -u
export LC_ALL=C
out=$1
shift
n=$#
for word; do
  shift
  [ "$n" -eq 1 ] || set -- "$@" "$word"
  n=$((n - 1))
done
build=/jkr/src
for word; do case $word in O=*) build=${word#O=} ;; esac; done
config=$build/.config tmp=$out/tmp
mkdir -p "$tmp"

# lines FILE: those that set a symbol
lines() { grep -E '^(CONFIG_[A-Za-z0-9_]+=|# CONFIG_[A-Za-z0-9_]+ is not set$)' "$1" || [ $? -eq 1 ]; }

# names FILE: how lines of the same symbols begin
names() { sed -E 's/^(# )?CONFIG_([A-Za-z0-9_]+).*/CONFIG_\2=\n# CONFIG_\2 is not set/' "$1"; }

# without A B: what A has and B has not
without() { grep -Fxvf "$2" "$1"; }

minimal() { "$@" -s savedefconfig && lines "$build/defconfig"; }

# attempt BASE MAKE…: the base with its lines, as the recipe will make it
attempt() {
  base=$1
  shift
  if [ "$base" = alldefconfig ]; then
    KCONFIG_ALLCONFIG=$out/$base "$@" -s KCONFIG_ALLCONFIG="$out/$base" alldefconfig || return
    cat "$out/$base" >>"$config"
  else
    cat "$tmp/$base" "$out/$base" >"$config"
  fi
  "$@" -s olddefconfig
}

# compare BASE: what is missing goes to its lines; what is still left, too much or missing, to BASE.left
compare() {
  lines "$config" >"$tmp/got"
  without "$tmp/wanted" "$tmp/got" >"$out/$1.left"
  names "$tmp/wanted" >"$tmp/names"
  grep '^CONFIG_' "$tmp/got" | grep -Fvf "$tmp/names" | sed -E 's/=.*/ is not set/; s/^/# /' >>"$out/$1.left"
  [ ! -s "$out/$1.left" ]
}

# tell BASE MAKE…
tell() {
  base=$1
  shift
  for round in 1 2 3 4 5 6 7 8; do
    attempt "$base" "$@" || return
    compare "$base" && return
    [ "$round" -lt 8 ] || return 0
    if [ "$round" = 7 ]; then cat "$tmp/wanted"; else cat "$out/$base.left"; fi >>"$out/$base"
  done
}

(
  "$@" -s olddefconfig && cat "$config" >"$out/config" && minimal "$@" >"$tmp/after" || exit 1
  lines "$out/config" >"$tmp/wanted"
  for base in defconfig allnoconfig; do
    "$@" -s "$base" && cat "$config" >"$tmp/$base" && minimal "$@" >"$tmp/before" || exit 1
    without "$tmp/after" "$tmp/before" >"$out/$base"
    without "$tmp/before" "$tmp/after" >"$tmp/gone"
    names "$tmp/gone" >"$tmp/names"
    grep -Ff "$tmp/names" "$tmp/wanted" >>"$out/$base"
    tell "$base" "$@" || exit 1
  done
  cat "$tmp/after" >"$out/alldefconfig"
  tell alldefconfig "$@" || exit 1
) >"$out/log" 2>&1 || {
  cat "$out/log" >&2
  exit 1
}
