# run: plan
printf 'local a = write "a" { path = "a", text = "one" }\nreturn a\n' >r.lua
mkdir mine
jkr() { "$jkr" bisect 'r.lua --with a=mine' r.lua; }
