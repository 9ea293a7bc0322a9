# run: run git-not-a-commit.lua -q
# exit: 7
git_repository driver
git -C driver tag -a -m x v1
cat >git-not-a-commit.lua <<LUA
return git_checkout "driver" { "file://$PWD/driver", commit = "$(git -C driver rev-parse v1)" }
LUA
