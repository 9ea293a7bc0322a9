-- run: run edit-run-blanks.lua -q
-- exit: 1
local src = write "src" { path = "a.c", text = "int main(void)\n{\n\treturn 0;\n}\n" }
return edit "fix" { "a.c", on = src, find = "    return 0;", replace = "    return 1;" }
