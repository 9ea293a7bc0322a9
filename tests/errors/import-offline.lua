-- run: plan import-offline.lua --offline
-- exit: 5
local bsp = use "git+https://host/team/bsp//foo.lua?ref=v2" { }
