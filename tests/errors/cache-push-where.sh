# run: cache push x.lua
echo 'return write "w" { path = "a", text = "b" }' >x.lua
