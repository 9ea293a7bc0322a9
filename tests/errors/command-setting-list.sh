# run: plan board.lua
echo 'jobs: [1, 2]' >jkr.yaml
echo 'return write { path = "a", text = "b" }' >board.lua
