# run: run git-moved.lua -q
# exit: 7
git_repository driver
echo other >driver/README
git -C driver commit -qam second
cat >git-moved.lua <<LUA
return git_checkout "driver" { "file://$PWD/driver", ref = "main", commit = "$(git -C driver rev-parse main)" }
LUA
git -C driver reset -q --hard HEAD~
git -C driver reflog expire --expire=now --all
git -C driver gc -q --prune=now
