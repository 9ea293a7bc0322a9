-- run: run file-check-lines-value.lua -q
-- exit: 3
local conf = write "conf" { path = "p3767.conf.common", text = "# root=/dev/sda1\nCMDLINE_ADD=\"nfsroot=/dev/nvme0n1p1\"\n" }
return file_check "root" { conf / "p3767.conf.common", lines = "^CMDLINE_ADD=", find = "\\<root=([^ ]*)", is = "/dev/nvme0n1p1" }
