-- run: run copy-suffix.lua -q
-- exit: 2
return copy "boot" { "copy-suffix.lua", suffix = "a/b" }
