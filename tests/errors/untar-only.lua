-- run: run untar-only.lua -q
-- exit: 1
return untar "src" { "driver.tar", strip = 1, only = { "driver-1.0/firmwares/*" } }
