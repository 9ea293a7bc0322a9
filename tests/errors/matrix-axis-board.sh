# run: plan --matrix m.yaml
# shellcheck shell=bash
printf 'boards: {a: r.lua}\noptions:\n  board: [a, b]\n' >m.yaml
