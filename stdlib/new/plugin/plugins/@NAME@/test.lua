-- test.lua: the plugin in the smallest board that places all of it
--   jkr run plugins/@NAME@/test.lua
recipe "@NAME@-test" { version = "1", license = "MIT", summary = "tests the plugin @NAME@" }

local more = plugins { plugin "@NAME@" }

local files = tree "files" {
  write { path = "etc/board", text = "a board\n" },
  more.post_extract,
  more.audit,
}

file_check "beside-the-board" { files, present = { "etc/board" } }

return bundle "@NAME@-test" { files }
