recipe "timer" { version = "1", license = "MIT", summary = "a timer on the local bus of a board" }

local gcc = toolchain "host"
local board = devicetree "board" { "board.dts", toolchain = gcc }

return dtbo_compile "timer" { "timer.dtso", toolchain = gcc, apply_to = board, merged = "with.dtb" }
