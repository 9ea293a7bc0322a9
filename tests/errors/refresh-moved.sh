# run: refresh refresh-moved.lua src mine -q
# exit: 1
checkout_of refresh-moved.lua
echo c >>mine/a
sed -i s/b/x/ refresh-moved.lua
