# run: plan --matrix m.yaml
# shellcheck shell=bash
printf 'local o = option.bool { "rt", true, "rt" }\nreturn write "w" { path = "w" }\n' >r.lua
printf 'boards:\n  a: r.lua\n' >m.yaml
