# run: plan --matrix m.yaml
# shellcheck shell=bash
printf 'boards: {a: r.lua}\noptions:\n  rt:\n    - "a b"\n' >m.yaml
