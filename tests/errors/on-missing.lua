edit "fix" { "drivers/Makefile", find = "a", replace = "b" }
