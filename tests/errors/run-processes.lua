-- run: run run-processes.lua -q
-- exit: 1
local img = untar "image" { "image.tar", rootfs = true }
return run_in_container "bomb" { "sh", "-c", "for i in 1 2 3 4 5 6 7 8 9; do sleep 60 & done; wait",
                                 toolchain = img, processes = 8 }
