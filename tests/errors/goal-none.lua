-- run: run goal-none.lua -t all
return make_in_container "build" { tree "src" { write { path = "a", text = "b" } }, toolchain = tree "img" { write { path = "a", text = "b" } }, outputs = { "a" } }
