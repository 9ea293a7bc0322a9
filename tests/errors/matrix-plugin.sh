# run: plan --matrix m.yaml
# shellcheck shell=bash
printf 'boards:\n  a: {recipe: r.lua, plugins: [1]}\n' >m.yaml
