# run: refresh refresh-gone.lua src mine -q
checkout_of refresh-gone.lua
rm -r mine
