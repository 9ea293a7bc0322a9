# run: run git-ref-id.lua -q
# exit: 7
git_repository driver
cat >git-ref-id.lua <<LUA
return git_checkout "driver" { "file://$PWD/driver", ref = "$(git -C driver rev-parse main)" }
LUA
