# run: refresh refresh-applied.lua src mine -q
# exit: 1
checkout_of refresh-applied.lua
echo c >>mine/a
"$jkr" refresh refresh-applied.lua src mine -q
echo d >>mine/a
