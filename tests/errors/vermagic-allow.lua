-- run: run vermagic-allow.lua -q
vermagic_check "loadable" { "*.ko", release = "6.12.5", config = "config", allow = { "helo" } }
return write { path = "a", text = "b" }
