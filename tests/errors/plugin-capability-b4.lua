local p = plugins { plugin "camera" }
return tree "board" { write { path = "a", text = "b" }, p.post_build }
