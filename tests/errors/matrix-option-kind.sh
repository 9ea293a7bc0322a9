# run: plan --matrix m.yaml
# shellcheck shell=bash
printf 'recipe "r" { version = "1", license = "MIT", summary = "s" }\nlocal o = option.bool { "rt", true, "rt" }\nreturn write "w" { path = "w", text = tostring(o) }\n' >r.lua
printf 'boards: {a: r.lua}\noptions:\n  rt:\n    - true\n    - maybe\n' >m.yaml
