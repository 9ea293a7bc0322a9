echo 'return write "a" { path = "a", text = "a" }' >r.lua
jkr() { "$jkr" diff 'r.lua -D text=one two' r.lua; }
