recipe "keys" { version = "1", license = "MIT", summary = "a key that wakes the board" }

local gcc = toolchain "host"
local base = "keys.dtb"

return dtbo_compile "more" { "more.dtso", toolchain = gcc, apply_to = base, merged = "more.dtb" }
