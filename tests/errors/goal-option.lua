-- run: run goal-option.lua build -t -k
return make_in_container "build" { tree "src" { write { path = "a", text = "b" } }, toolchain = tree "img" { write { path = "a", text = "b" } }, outputs = { "a" } }
