# run: check import-network.lua
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b GIT_CONFIG_NOSYSTEM=1 \
  GIT_AUTHOR_DATE='2026-01-01 00:00Z' GIT_COMMITTER_DATE='2026-01-01 00:00Z'
git init -q -b main bsp
echo "return fetch { \"https://else.example/a.tar\", sha256 = \"$(printf '%064d' 0)\" }" >bsp/part.lua
printf '%s\n' 'capabilities:' '  primitives: fetch' '  network: https://bsp.example/' >bsp/jkr.yaml
git -C bsp add . && git -C bsp commit -qm one
echo "return use \"git+file://$PWD/bsp//part.lua\" { }" >import-network.lua
