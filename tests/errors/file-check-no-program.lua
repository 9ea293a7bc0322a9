-- run: run file-check-no-program.lua -q
-- exit: 3
local headers = copy "headers" { "headers" }
file_check "programs" { headers, machine = "arm64" }
return headers
