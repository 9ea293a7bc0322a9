# run: run git-no-branch.lua -q
# exit: 7
git_repository driver
cat >git-no-branch.lua <<LUA
return git_checkout "driver" { "file://$PWD/driver", ref = "v2" }
LUA
