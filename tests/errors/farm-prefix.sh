# run: check r.lua
# shellcheck shell=bash
export XDG_CONFIG_HOME=$PWD/config
mkdir -p config/jkr
printf 'executors:\n  farm: {slots: 3}\n' >config/jkr/config.yaml
echo 'return write "w" { path = "w", text = "x" }' >r.lua
