-- run: run store-damaged-file.lua -q -o out
-- exit: 1
local src = write "src" { path = "dir/a", text = "b" }
return bundle "firmware" { src }
