# run: plan quemu.lua
echo 'return write { path = "a", text = "b" }' >qemu.lua
