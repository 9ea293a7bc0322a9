return bundle "all" { "load-constructor-parameter.lua", formt = "tar.zst" }
