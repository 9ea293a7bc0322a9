-- run: run file-check-machine.lua -q
-- exit: 3
local headers = copy "headers" { "headers" }
file_check "programs" { headers / "scripts", machine = "arm64" }
return headers
