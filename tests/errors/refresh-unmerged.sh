# run: refresh refresh-unmerged.lua src mine -q
# exit: 1
checkout_of refresh-unmerged.lua
git -C mine checkout -qb side
echo x >mine/a
git -C mine commit -qam x
git -C mine checkout -q main
echo y >mine/a
git -C mine commit -qam y
git -C mine merge -q side
