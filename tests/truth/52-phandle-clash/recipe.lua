recipe "sensor" { version = "1", license = "MIT", summary = "a sensor on the I2C bus of a board" }

local gcc = toolchain "host"
local board = devicetree "board" { "board.dts", toolchain = gcc }

return dtbo_compile "sensor" { "sensor.dtso", toolchain = gcc, apply_to = board, merged = "with.dtb" }
