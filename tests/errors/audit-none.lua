-- run: audit audit-none.lua nothing
local t = write "nothing" { path = "a", text = "x\n" }
file_check "other" { write "b" { path = "b", text = "x\n" } }
return t
