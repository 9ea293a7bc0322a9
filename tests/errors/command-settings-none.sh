# run: plan board.lua
echo 'a text' >jkr.yaml
echo 'return write { path = "a", text = "b" }' >board.lua
