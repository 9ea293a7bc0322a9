-- run: plan import-pin-commit.lua
local bsp = use "git+https://host/team/bsp//foo.lua?commit=0123456789012345678901234567890123456789" { }
