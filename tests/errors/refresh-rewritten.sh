# run: refresh refresh-rewritten.lua src mine -q
# exit: 1
checkout_of refresh-rewritten.lua
echo c >mine/c
git -C mine add c
git -C mine commit -q --amend -m first
