# run: plan --matrix m.yaml
# shellcheck shell=bash
printf 'recipe "r" { version = "1", license = "MIT", summary = "s" }\nlocal o = option.bool { "rt", true, "rt" }\nreturn write "w" { path = "w", text = tostring(o) }\n' >r.lua
printf 'boards:\n  a:\n    recipe: r.lua\n    options:\n      tr: true\n' >m.yaml
