# run: plan --matrix m.yaml
# shellcheck shell=bash
printf 'boards: {a: r.lua}\noption: {rt: [true]}\n' >m.yaml
