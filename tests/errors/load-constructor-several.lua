local a = bundle "a" { "load-constructor-several.lua", format = "zip" }
local b = bundle "b" { into = 3 }
return { a, b }
