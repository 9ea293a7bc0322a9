-- boards.lua: two boards of different architectures from one source, in one run
--   jkr run examples/boards.lua -j4 -o out      the source is unpacked once, and both makes take from one pool of four job slots
recipe "boards" { version = "1", license = "MIT", summary = "two boards from one source" }

local src = use "raspberrypi/linux.lua" { as = "source", tree = "debian" }
local pi4 = use "raspberrypi4.lua" { tree = "debian", source = src }
local pi3 = use "raspberrypi3.lua" { tree = "debian", source = src }

return bundle "boards" { copy { pi4, into = "pi4" }, copy { pi3, into = "pi3" } }
