local p = plugins { plugin { "camera", card = "mono" }, plugin { "camera", card = "duo" } }
return tree "src" { write { path = "a", text = "a" }, p.post_extract }
