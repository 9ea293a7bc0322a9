-- run: run vermagic-signed-changed.lua -q
-- exit: 3
vermagic_check "loadable" { "*.ko", release = "6.12.5", config = "config", certificates = { "ours.pem" } }
return write { path = "a", text = "b" }
