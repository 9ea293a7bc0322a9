# run: ls refs list-refs-none.lua
echo 'return write { path = "a", text = "b" }' >list-refs-none.lua
