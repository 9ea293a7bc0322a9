# run: plan --matrix m.yaml
# shellcheck shell=bash
printf 'boards: {a: r.lua}\nwithout:\n  - {board: a}\n' >m.yaml
