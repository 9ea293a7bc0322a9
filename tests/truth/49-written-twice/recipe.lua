recipe "twice" { version = "1", license = "MIT", summary = "two overlays for one bus" }

local gcc = toolchain "host"
local board = devicetree "board" { "board.dts", toolchain = gcc }
local camera = dtbo_compile "camera" { "camera.dtso", toolchain = gcc, apply_to = board }
local slow = dtbo_compile "slow" { "slow.dtso", toolchain = gcc, apply_to = board }

overlay_check "both" {
  camera,
  slow, base = board, together = true,
}

return bundle "twice" { board, camera, slow }
