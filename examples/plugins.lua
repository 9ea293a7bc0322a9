-- plugins.lua: a board places what plugins contribute; they perform nothing by themselves
recipe "plugins" { version = "1", license = "MIT", summary = "steps that plugins contribute" }

local contributed = plugins { plugin "greeting" }

local src = tree "src" {
  copy { "files/driver" },
  contributed.post_extract, -- in declared order, printed, hashed and checked like the rest
}

return bundle "plugins" { src }
