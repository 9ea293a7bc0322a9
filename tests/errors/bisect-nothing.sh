# run: bisect r.lua two.lua -q
printf 'return write "a" { path = "a", text = "one" }\n' >r.lua
sed s/one/two/ r.lua >two.lua
