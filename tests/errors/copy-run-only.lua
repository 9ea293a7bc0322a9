-- run: run copy-run-only.lua -q
-- exit: 1
return copy "dts" { "parameters", only = { "*.patch", "*.obj" } }
