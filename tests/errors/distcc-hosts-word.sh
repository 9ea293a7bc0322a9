# a word that names no server
echo 'recipe "x" { version = "1", license = "MIT", summary = "x" } return write "w" { path = "a", text = "b" }' >x.lua
jkr() { "$jkr" run x.lua --distcc-hosts "build1/8 build2/many"; }
