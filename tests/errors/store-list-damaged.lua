-- run: plan store-list-damaged.lua
-- exit: 1
local src = write "src" { path = "a", text = "b" }
return copy "firmware" { src / "a" }
