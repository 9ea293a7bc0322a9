# run: refresh refresh-no-index.lua src mine -q
# exit: 1
checkout_of refresh-no-index.lua
echo torn >mine/.git/index
