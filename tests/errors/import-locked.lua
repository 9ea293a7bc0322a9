-- run: plan import-locked.lua --locked
-- exit: 5
local bsp = use "git+https://host/team/bsp//foo.lua?ref=v2" { }
