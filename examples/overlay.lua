-- overlay.lua: a device tree and an overlay that is proved against it
recipe "overlay" { version = "1", license = "MIT", summary = "an overlay applied by label" }

local gcc   = toolchain "debian-arm64"
local board = devicetree "board" { "files/board.dts", toolchain = gcc }

-- a label that the base lacks fails here, with the nearest one, not on the target
local sensor = dtbo_compile "sensor" { "files/sensor.dtso", toolchain = gcc, apply_to = board }

return bundle "overlay" { board, sensor }
