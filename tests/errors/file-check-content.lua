-- run: run file-check-content.lua -q
-- exit: 3
local t = tree "t" {
  write { path = "menu.conf", text = "APPEND cma=2048M\n" },
}
file_check "menu" { t, present = "menu.conf", min_size = 100, contains = "root=", lacks = "cma=", find = "^FDT (.*)$" }
return t
