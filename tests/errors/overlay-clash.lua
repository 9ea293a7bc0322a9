-- run: run overlay-clash.lua -q
-- exit: 3
overlay_check "clash" { "phandle.dtbo", base = "clash.dtb" }
return write "t" { path = "a", text = "x\n" }
