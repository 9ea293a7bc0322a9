# run: plan --matrix m.yaml
# shellcheck shell=bash
{
  printf 'boards: {a: r.lua}\noptions:\n'
  printf '  o%d: [1, 2]\n' {1..10}
} >m.yaml
