# run: plan --matrix m.yaml
# shellcheck shell=bash
