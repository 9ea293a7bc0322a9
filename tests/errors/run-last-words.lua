-- run: run run-last-words.lua -q
-- exit: 1
local img = untar "image" { "image.tar", rootfs = true }
return run_in_container "index" { "sh", "-c", "echo 1; echo 2; echo 3; echo twice.sh: there twice: host1x; echo twice.sh: name them in replaces; exit 1", toolchain = img }
