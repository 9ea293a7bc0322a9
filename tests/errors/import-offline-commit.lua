-- run: plan import-offline-commit.lua --offline
-- exit: 5
local bsp = use "git+https://host/team/bsp//foo.lua?commit=0123456789012345678901234567890123456789" { }
