# run: plan --matrix m.yaml
# shellcheck shell=bash
printf 'boards: {a: r.lua}\noptions: {rt: [true, false]}\nwithout:\n  - {board: b, rt: false}\n' >m.yaml
