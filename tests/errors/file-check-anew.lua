-- run: run file-check-anew.lua -q
-- exit: 2
return file_check "root" { write { path = "conf", text = "x\n" }, anew = "^CMDLINE_ADD=" }
