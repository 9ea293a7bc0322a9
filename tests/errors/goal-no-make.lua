-- run: run goal-no-make.lua src -t all
return make_in_container "build" { tree "src" { write { path = "a", text = "b" } }, toolchain = tree "img" { write { path = "a", text = "b" } }, outputs = { "a" } }
