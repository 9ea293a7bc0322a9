# run: export export-nothing.lua
echo 'return write { path = "a", text = "b" }' >export-nothing.lua
