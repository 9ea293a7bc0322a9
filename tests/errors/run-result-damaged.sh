export JKR_STORE=$PWD/store
echo 'return write "src" { path = "a", text = "b" }' >first.lua
jkr run first.lua -q
damage_lists
