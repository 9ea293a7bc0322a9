# run: refresh refresh-skipped.lua src mine -q
# exit: 1
echo b >blob.bin
checkout_of refresh-skipped.lua
echo c >>mine/a
rm blob.bin
