-- run: run export-two.lua -q -o out
-- exit: 1
local one = write "one" { path = "out.txt", text = "1" }
local two = write "two" { path = "out.txt", text = "2" }
return { one, two }
