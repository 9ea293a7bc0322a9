-- run: run vermagic-config.lua -q
-- exit: 3
vermagic_check "loadable" { "*.ko", release = "6.12.5", config = "config" }
return write { path = "a", text = "b" }
