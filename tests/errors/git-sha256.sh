# run: run git-sha256.lua -q
# exit: 7
export GIT_DEFAULT_HASH=sha256
git_repository driver
cat >git-sha256.lua <<LUA
return git_checkout "driver" { "file://$PWD/driver", ref = "main" }
LUA
