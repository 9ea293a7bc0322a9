local img = untar "img" { "parameters/smp.config", rootfs = true }
run_in_container "tool" { "sh", toolchain = img, outputs = { "tool", tool = "bin/tool" } }
