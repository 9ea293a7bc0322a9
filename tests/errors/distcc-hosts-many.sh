# more servers than a sandbox has doors
echo 'recipe "x" { version = "1", license = "MIT", summary = "x" } return write "w" { path = "a", text = "b" }' >x.lua
jkr() { "$jkr" run x.lua --distcc-hosts "$(printf 'build%d ' $(seq 20))"; }
