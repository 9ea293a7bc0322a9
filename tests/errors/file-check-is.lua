local t = write "t" { path = "a", text = "x\n" }
file_check "value" { t, is = "x" }
file_check "absent" { t, absent = "b", contains = "x" }
return t
