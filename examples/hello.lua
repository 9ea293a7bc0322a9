-- hello.lua: the smallest recipe: one step, one artifact
recipe "hello" { version = "1", license = "MIT", summary = "one step, one artifact" }

local note = write "note" { path = "hello.txt", text = "hello\n" }

return bundle "hello" { note }
