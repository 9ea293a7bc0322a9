# run: plan --matrix m.yaml
# shellcheck shell=bash
printf 'boards: {a: r.lua}\noptions:\n  rt: [true, false, true]\n' >m.yaml
