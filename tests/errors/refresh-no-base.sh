# run: refresh refresh-no-base.lua src mine -q
# exit: 1
checkout_of refresh-no-base.lua
git -C mine update-ref -d refs/jkr/base
