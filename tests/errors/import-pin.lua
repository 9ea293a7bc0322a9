-- run: plan import-pin.lua
local bsp = use "git+https://host/team/bsp//foo.lua?ref=v2" { }
