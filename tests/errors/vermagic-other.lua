-- run: run vermagic-other.lua -q
-- exit: 3
vermagic_check "loadable" { "*.ko", release = "6.12.5-rt", config = "config" }
return write { path = "a", text = "b" }
