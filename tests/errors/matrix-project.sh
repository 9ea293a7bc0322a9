# run: plan --matrix m.yaml
# shellcheck shell=bash
mkdir one two
(cd one && printf 'recipe "r" { version = "1", license = "MIT", summary = "s" }\nlocal o = option.bool { "rt", true, "rt" }\nreturn write "w" { path = "w", text = tostring(o) }\n' >r.lua && echo 'name: one' >jkr.yaml)
(cd two && printf 'recipe "r" { version = "1", license = "MIT", summary = "s" }\nlocal o = option.bool { "rt", true, "rt" }\nreturn write "w" { path = "w", text = tostring(o) }\n' >r.lua && echo 'name: two' >jkr.yaml)
printf 'boards:\n  a: one/r.lua\n  b: two/r.lua\n' >m.yaml
