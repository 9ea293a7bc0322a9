-- run: run file-check-anew-value.lua -q
-- exit: 3
local conf = write "conf" { path = "conf", text = "ADD=\"root=/dev/sda1\"\nADD=\"quiet\"\n" }
return file_check "root" { conf / "conf", anew = "^ADD=", find = "root=([^ \"]*)", is = "/dev/sda1" }
