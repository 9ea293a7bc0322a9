# run: plan --matrix m.yaml
# shellcheck shell=bash
printf 'boards:\n  a/b: r.lua\n' >m.yaml
