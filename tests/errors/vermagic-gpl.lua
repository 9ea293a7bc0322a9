-- run: run vermagic-gpl.lua -q
-- exit: 3
vermagic_check "loadable" { "*.ko", release = "6.12.5", config = "config", symbols = true, symvers = { "Module.symvers" } }
return write { path = "a", text = "b" }
