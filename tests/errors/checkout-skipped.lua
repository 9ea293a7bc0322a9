-- run: edit checkout-skipped.lua src mine -q
local f = fetch "blob" { file = "nowhere.bin", optional = true }
return copy "src" { f }
