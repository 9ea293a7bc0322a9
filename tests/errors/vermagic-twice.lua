-- run: run vermagic-twice.lua -q
-- exit: 3
vermagic_check "loadable" { "modules", release = "6.12.5", config = "config" }
return write { path = "a", text = "b" }
