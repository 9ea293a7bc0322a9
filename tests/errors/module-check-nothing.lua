local t = write "t" { path = "a", text = "x\n" }
module_check "nothing" { t }
return t
