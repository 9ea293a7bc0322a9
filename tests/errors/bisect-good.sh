# run: bisect r.lua two.lua -q
# exit: 3
printf 'local a = write "a" { path = "a", text = "one" }\nreturn file_check "c" { a, present = "a", contains = "three" }\n' >r.lua
sed s/one/two/ r.lua >two.lua
