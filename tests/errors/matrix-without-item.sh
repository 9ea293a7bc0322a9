# run: plan --matrix m.yaml
# shellcheck shell=bash
printf 'boards: {a: r.lua}\nwithout:\n  - a\n' >m.yaml
