#!/bin/bash
# scale.sh: what a step costs that a farm runs: N trivial steps over W simulated workers (one machine, a store and a folder as
# cache), or over a Slurm of two nodes.
#
# usage: JKR=build/jkr tests/farm/scale.sh N W|slurm
set -eu
here=$(dirname "$(realpath "$0")")
jkr=$(realpath "${JKR:?the program}") n=$1 w=$2
d=$(mktemp -d)
trap 'type end_cluster >/dev/null 2>&1 && end_cluster; chmod -R u+w "$d"; rm -rf "$d"' EXIT
export XDG_CONFIG_HOME=$d/config JKR_STORE=$d/store NO_COLOR=1
mkdir -p "$d/config/jkr"
prefix="$d/front" slots=$w
printf '#!/bin/sh\necho x >>%s/tries\nexec env JKR_STORE=%s/there "$@"\n' "$d" "$d" >"$d/front"
chmod +x "$d/front"
if [ "$w" = slurm ]; then
  # shellcheck source=tests/farm/slurm.bash
  . "$here/slurm.bash"
  CPUS=32 cluster "$d/slurm"
  prefix="srun --quiet --export=NONE -n1 -D / -c {cpus} $d/front" slots=64
fi
cat >"$d/config/jkr/config.yaml" <<YAML
executors:
  farm: {prefix: "$prefix", jkr: "$jkr", slots: $slots, steps: all}
YAML
{
  echo 'local v = {}'
  echo "for i = 1, $n do v[i] = write(\"s\" .. i) { path = \"f\" .. i, text = \"x\" .. i } end"
  echo 'return v[1]'
} >"$d/r.lua"
sed -i "s/^return .*/local all = copy \"all\" { v } return all/" "$d/r.lua"
export JKR_CACHE=file://$d/cache
begin=$(date +%s.%N)
"$jkr" run "$d/r.lua" --on farm -q >/dev/null
end=$(date +%s.%N)
tries=$(wc -l <"$d/tries")
awk -v n="$n" -v w="$w" -v b="$begin" -v e="$end" -v t="$tries" 'BEGIN {
  printf "%d steps, %s: %.1f s, %.1f ms a step, %d tries for %d steps\n", n, w, e - b, (e - b) * 1000 / (n + 1), t, n + 1 }'
echo "cache: $(find "$d/cache" -type f | wc -l) files, $(du -sk --apparent-size "$d/cache" | cut -f 1) kB"
