# run: refresh refresh-other.lua src mine -q
cp refresh-other.lua first.lua
checkout_of first.lua
