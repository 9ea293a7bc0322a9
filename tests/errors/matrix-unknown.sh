# run: plan --matrix m.yaml
# shellcheck shell=bash
printf 'boards:\n  a: other.lua\n' >m.yaml
