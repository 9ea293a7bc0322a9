local p = plugins { plugin "camera" }
return write { path = "a", text = "b" }
