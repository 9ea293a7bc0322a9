local p = plugins { plugin { "camera", cards = 2 } }
return tree "src" { write { path = "a", text = "a" }, p.post_extract }
