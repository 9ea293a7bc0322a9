# run: plan board.lua
export JKR_JOBS=many
echo 'return write { path = "a", text = "b" }' >board.lua
