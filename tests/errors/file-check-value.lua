-- run: run file-check-value.lua -q
-- exit: 3
local t = write "t" { path = "retries.h", text = "#define LINK_WAIT_MAX_RETRIES\t10\n" }
file_check "retries" { t / "retries.h", find = "LINK_WAIT_MAX_RETRIES[[:blank:]]+([0-9]+)", is = "200" }
return t
