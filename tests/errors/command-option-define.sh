# run: run board.lua -D rt
echo 'return write { path = "a", text = "b" }' >board.lua
