#!/bin/bash
# scale.sh: what a step costs that a farm runs: N trivial steps over W simulated workers (one machine, a store and a folder as
# cache), or over a Slurm of two nodes. Fails when jkr does, when a step was tried twice, or another number than was asked for.
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
# the last word is the digest of the step that is tried
cat >"$d/front" <<SH
#!/bin/sh
for digest; do :; done
echo "\$digest" >>$d/tries
exec env JKR_STORE=$d/there "\$@"
SH
chmod +x "$d/front"
if [ "$w" = slurm ]; then
  # shellcheck source=tests/farm/slurm.bash
  . "$here/slurm.bash"
  CPUS=32 cluster "$d/slurm"
  prefix="srun --quiet --export=NONE -n1 -D / -c {cpus} --mem=10 $d/front" slots=64 # without --mem a job has its node to itself
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
status=0
"$jkr" run "$d/r.lua" --on farm -q >/dev/null || status=$?
end=$(date +%s.%N)
touch "$d/tries"
tries=$(wc -l <"$d/tries") twice=$(sort "$d/tries" | uniq -d | wc -l)
awk -v n="$n" -v w="$w" -v b="$begin" -v e="$end" -v t="$tries" 'BEGIN {
  printf "%d steps, %s: %.1f s, %.1f ms a step, %d tries for %d steps\n", n, w, e - b, (e - b) * 1000 / (n + 1), t, n + 1 }'
echo "cache: $(find "$d/cache" -type f | wc -l) files, $(du -sk --apparent-size "$d/cache" | cut -f 1) kB"
[ "$status" = 0 ] || echo "scale: jkr ended with $status"
[ "$twice" = 0 ] || echo "scale: $twice of the digests were tried more than once"
[ "$tries" = $((n + 1)) ] || echo "scale: $tries tries where $((n + 1)) steps were asked for"
[ "$status" = 0 ] && [ "$twice" = 0 ] && [ "$tries" = $((n + 1)) ]
