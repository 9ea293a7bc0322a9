local driver
copy "x" { "load-hole.lua", driver, as = "a" }
