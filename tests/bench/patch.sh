#!/bin/bash
# patch.sh: Debian's patches of a kernel and its RT series on that kernel, hundreds in one step.
#
# usage: tests/bench/run.sh patch
# shellcheck source=/dev/null
. "$BENCH_HOME/tests/bench/bench.bash"
# shellcheck source=/dev/null
. "$BENCH_HOME/tests/bench/inputs.bash"

work="patches of Debian's kernel and its RT series"
dir=$(linux_patches) || { cannot "$work" "the source package could not be fetched" && exit; }
n=$(wc -l <"$dir/series")
work="$n $work"
say "the tree lies ready: ours in the store, theirs in a folder of their own, copied before; ours takes the files' hashes," \
  "a layer and the syncfs, theirs do not wait for the disk"

cat >recipe.lua <<LUA
recipe "p" { version = "1", license = "MIT", summary = "patch" }
local src = untar "src" { "orig.tar.xz", strip = 1 }
local fix = patch "fix" { on = src, series = "patches/series", strip = 1 }
return bundle "p" { fix / "README" }
LUA
mkdir project ready
ln "$dir/orig.tar.xz" project/ && cp -r "$dir/patches" project/ && cp "$dir/series" project/patches/ && cp recipe.lua project/
tar -xf "$dir/orig.tar.xz" -C ready --strip-components=1
JKR_STORE=$PWD/base "$JKR" run project/recipe.lua src >log 2>&1 || { cannot "$work" "untar failed" && exit; }

# One store for all rounds, so that the tree is there; a word in front of the first patch makes the step a new one.
prepare() {
  case $1 in
  jkr) sed -i "1i round $RANDOM" "../project/patches/$(head -n 1 "$dir/series")" ;;
  *) cp -a ../ready tree && cp -r ../project/patches tree/ ;;
  esac
}
export store=$PWD/base project=$PWD/project
# shellcheck disable=SC2016
versus "$work" "0.2 3" 3 'JKR_STORE=$store "$JKR" run "$project/recipe.lua" fix >/dev/null' \
  "quilt push -a" 'cd tree && quilt --quiltrc - push -qa >/dev/null' \
  "git apply" 'cd tree && git apply $(sed "s,^,patches/," patches/series)'
