#!/usr/bin/env bash
# profile.sh: the profile with which the unchanged recipes build from the look-alike: names, versions and hashes of what make.sh wrote.
#
# usage: profile.sh OUT board|driver >profiles/lookalike.yaml     driver: for a recipe that runs alone, on NVIDIA's configuration
set -euo pipefail

out=$1 kind=$2
sum() { awk -v name="$1" '$2 == name { print $1 }' "$out/SHA256SUMS"; }
version=$(cat "$out/kernelversion")

cat <<YAML
summary: the look-alike of R36.4.3 that tests/boards/bsp makes; Linux $version
pins:
  bsp:
    file: Jetson_Linux_r36.4.3_aarch64.tbz2
    sha256: $(sum Jetson_Linux_r36.4.3_aarch64.tbz2)
  rootfs:
    file: Tegra_Linux_Sample-Root-Filesystem_r36.4.3_aarch64.tbz2
    sha256: $(sum Tegra_Linux_Sample-Root-Filesystem_r36.4.3_aarch64.tbz2)
  sources:
    file: public_sources.tbz2
    sha256: $(sum public_sources.tbz2)
toolchains:
  bootlin-aarch64-2022.08:
    sha256: $(sum aarch64--glibc--stable-2022.08-1.tar.bz2)
YAML
if [ "$kind" = board ]; then
  printf '%s\n' fragments: '  recipes/orin-nx-rt/core.config: //fragments/lookalike.config'
fi
