-- board.lua: a board that others import: see two-boards.lua
--   jkr run examples/board.lua -D name=bench
recipe "board" { version = "1", license = "MIT", summary = "one board" }

local name  = option.string { "name", "bench", "The board's name" }
local serial = option.bool { "serial", true, "Whether it has a serial console" }

return bundle "board" {
  write "hostname" { path = "etc/" .. name .. "/hostname", text = name .. "\n" },
  when(serial, write "console" { path = "etc/" .. name .. "/console", text = "ttyAMA0\n" }),
}
