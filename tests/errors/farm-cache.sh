# run: run r.lua --on farm -q
# shellcheck shell=bash
export XDG_CONFIG_HOME=$PWD/config
mkdir -p config/jkr
echo 'executors: {farm: {prefix: "true"}}' >config/jkr/config.yaml
echo 'return write "w" { path = "w", text = "x" }' >r.lua
