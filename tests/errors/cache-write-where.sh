# run: plan x.lua --cache http://127.0.0.1:9/x y
echo 'return write "w" { path = "a", text = "b" }' >x.lua
jkr() { "$jkr" run x.lua --cache-write; }
