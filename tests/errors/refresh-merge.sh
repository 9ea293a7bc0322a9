# run: refresh refresh-merge.lua src mine -q
# exit: 1
checkout_of refresh-merge.lua
git -C mine checkout -qb side
git -C mine commit -q --allow-empty -m side
git -C mine checkout -q main
echo c >mine/c
git -C mine add c
git -C mine commit -qm c
git -C mine merge -q side -m merge
