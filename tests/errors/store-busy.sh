# run: cache gc --no-wait
# exit: 8
image
export JKR_STORE=$PWD/store
cat >slow.lua <<'LUA'
local img = untar "image" { "image.tar", rootfs = true }
return run_in_container "boot" { "sh", "-c", "echo started; sleep 10", toolchain = img }
LUA
"$jkr" run slow.lua -q &
until_started
