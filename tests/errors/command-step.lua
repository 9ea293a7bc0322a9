-- run: run command-step.lua linxu
local linux = write "linux" { path = "a", text = "b" }
return linux
