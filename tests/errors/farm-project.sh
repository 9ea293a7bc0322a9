# run: check r.lua
# shellcheck shell=bash
echo 'executors: {farm: {prefix: "true"}}' >jkr.yaml
echo 'return write "w" { path = "w", text = "x" }' >r.lua
