# run: run git-no-commit.lua -q
# exit: 7
git_repository driver
cat >git-no-commit.lua <<LUA
return git_checkout "driver" { "file://$PWD/driver", commit = "0123456789012345678901234567890123456789" }
LUA
