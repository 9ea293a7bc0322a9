-- run: run copy-run-exclude.lua -q
-- exit: 1
return copy "dts" { "parameters", exclude = "*.obj" }
