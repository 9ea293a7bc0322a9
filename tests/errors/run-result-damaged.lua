-- run: run run-result-damaged.lua -q
-- exit: 1
local src = write "src" { path = "a", text = "b" }
return copy "firmware" { src }
