# run: plan board.lua
mkdir project && cd project || exit
echo 'ofline: true' >jkr.yaml
echo 'return write { path = "a", text = "b" }' >board.lua
