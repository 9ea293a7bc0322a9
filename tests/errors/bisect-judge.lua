-- run: bisect bisect-judge.lua --judge boat bisect-judge.lua
local word = option.string { "word", "a", "what is written" }
return write "boot" { path = "a", text = word }
