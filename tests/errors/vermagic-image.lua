-- run: run vermagic-image.lua -q
-- exit: 3
vermagic_check "loadable" { "*.ko", release = "6.12.5", config = "config", symbols = true, image = "Image" }
return write { path = "a", text = "b" }
