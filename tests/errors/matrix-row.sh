# run: plan --matrix m.yaml nx,rt=tru
# shellcheck shell=bash
printf 'recipe "r" { version = "1", license = "MIT", summary = "s" }\nlocal o = option.bool { "rt", true, "rt" }\nreturn write "w" { path = "w", text = tostring(o) }\n' >r.lua
printf 'boards: {nx: r.lua}\noptions: {rt: [true, false]}\n' >m.yaml
