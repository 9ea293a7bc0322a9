-- orin-nano.lua: Jetson Orin Nano 8 GB (p3767-0003) on the same carrier board, without the accelerator
recipe "orin-nano" { version = "1", license = "GPL-2.0-only", summary = "Orin Nano 8 GB, L4T R36.4.3, PREEMPT_RT, ZED X" }

local camera = option.choice { "camera", { "mono", "duo", "none" }, "The ZED Link capture card" }

return use "orin-nx-rt.lua" { as = "board", module = "p3767-0003", camera = camera, metis = "none", isolated_cores = "1-4", cma_size = 1024 }
