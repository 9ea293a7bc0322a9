# run: plan --matrix m.yaml
# shellcheck shell=bash
printf 'boards:\n  a: {profile: lab}\n' >m.yaml
