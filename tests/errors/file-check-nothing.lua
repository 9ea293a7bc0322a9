local t = write "t" { path = "a", text = "x\n" }
file_check "nowhere" { present = "a" }
return tree "two" { t, file_check { t, present = "a" } }
