recipe "camera" { version = "1", license = "MIT", summary = "a camera" }

local gcc = toolchain "host"
local board = devicetree "board" { "board.dts", toolchain = gcc }

return dtbo_compile "camera" { "camera.dtso", toolchain = gcc, apply_to = board, merged = "with.dtb" }
