#!/usr/bin/env bash
# project.sh: a project with the repository's unchanged recipes, and the profile of the look-alike.
#
# usage: project.sh BSP PROJECT        then, in PROJECT: JKR_DOWNLOADS=BSP jkr run orin-nx-rt.lua --profile lookalike
#                                      and jkr run metis.lua --profile lookalike-driver
set -euo pipefail

bsp=$(cd "$1" && pwd)
project=$2
here=$(cd "$(dirname "$0")" && pwd)
repository=$(cd "$here/../.." && pwd)
mkdir -p "$project/profiles" "$project/fragments"
for folder in recipes plugins toolchains stdlib; do
  rm -rf "${project:?}/$folder"
  cp -a "$repository/$folder" "$project/"
done
: >"$project/jkr.yaml"
cp "$here/lookalike.config" "$project/fragments/"
"$here/bsp/profile.sh" "$bsp" board >"$project/profiles/lookalike.yaml"
"$here/bsp/profile.sh" "$bsp" driver >"$project/profiles/lookalike-driver.yaml"
