# run: plan --matrix m.yaml
# shellcheck shell=bash
echo '- r.lua' >m.yaml
