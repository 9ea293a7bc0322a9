# run: plan import-content.lua -q
# exit: 1
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b GIT_CONFIG_NOSYSTEM=1 \
  GIT_AUTHOR_DATE='2026-01-01 00:00Z' GIT_COMMITTER_DATE='2026-01-01 00:00Z'
git init -q -b main bsp
echo 'return write "w" { path = "a", text = "b" }' >bsp/part.lua
git -C bsp add . && git -C bsp commit -qm one
echo "return use \"git+file://$PWD/bsp//part.lua\" { }" >import-content.lua
printf '{"version": 1, "inputs": {"use:file://%s/bsp#HEAD": {"pin": "%s tree:%064d"}}}\n' "$PWD" "$(git -C bsp rev-parse HEAD)" 0 >jkr.lock
