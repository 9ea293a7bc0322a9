# run: plan --matrix m.yaml
# shellcheck shell=bash
printf 'boards:\n  a: {recipe: r.lua, options: {rt: [true]}}\n' >m.yaml
