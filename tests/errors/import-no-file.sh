# run: plan import-no-file.lua -q
# exit: 2
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b GIT_CONFIG_NOSYSTEM=1 \
  GIT_AUTHOR_DATE='2026-01-01 00:00Z' GIT_COMMITTER_DATE='2026-01-01 00:00Z'
git init -q -b main bsp
echo 'return write "w" { path = "a", text = "b" }' >bsp/part.lua
git -C bsp add . && git -C bsp commit -qm one
echo "return use \"git+file://$PWD/bsp//other.lua\" { }" >import-no-file.lua
