return file_check { write { path = "a", text = "a\n" }, anew = "(", find = "a" }
