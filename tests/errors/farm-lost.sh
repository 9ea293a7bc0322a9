# exit: 7
# shellcheck shell=bash
export XDG_CONFIG_HOME=$PWD/config
mkdir -p config/jkr
echo 'executors: {farm: {prefix: "true", steps: all}}' >config/jkr/config.yaml
echo 'return write "w" { path = "w", text = "a step that is lost" }' >r.lua
jkr() { "$jkr" run r.lua --on farm --cache "file://$PWD/cache" -q; }
