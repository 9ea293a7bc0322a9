# common.bash: what the rows that run in Debian's cross compiler share. Sourced by a row, behind bench.bash.
#
# The image and the kernel's source are fetched once into build/bench/kernel and stay there: a store, and a
# project with its jkr.lock. $kernel is that folder.
kernel=$BENCH_OUT/kernel
mkdir -p "$kernel/project" || exit 1
: >"$kernel/project/jkr.yaml"
cp "$BENCH_HOME"/tests/bench/kernel/*.lua "$kernel/project/" || exit 1
export kernel

# jkr_there ARGUMENT…: the program in the project, on the store that stays
jkr_there() { (cd "$kernel/project" && JKR_STORE=$kernel/store "$JKR" "$@"); }

# ready RECIPE STEP…: what no row measures is made before
ready() {
  jkr_there run "$@" -q >"$BENCH_DIR/$BENCH_ROW/ready.log" 2>&1 ||
    { tail -n 20 "$BENCH_DIR/$BENCH_ROW/ready.log" && return 1; }
}

# layer_of RECIPE STEP [OPTION…]: the folder of the one layer of a step's result
layer_of() {
  local tree layer recipe=$1 step=$2
  shift 2
  tree=$(jkr_there manifest "$recipe" "$@" 2>/dev/null | python3 -c '
import json, sys
print([s["result"] for s in json.load(sys.stdin)["steps"] if s["name"] == sys.argv[1]][0])' "$step") || return 1
  layer=$(sed -n 's/^layer //p' "$kernel/store/trees/${tree:0:2}/$tree")
  echo "$kernel/store/layers/${layer:0:2}/$layer" && [ -d "$kernel/store/layers/${layer:0:2}/$layer" ]
}
