-- run: run command-step-group.lua sorce
return tree "source" { write { path = "a", text = "b" }, write { path = "c", text = "d" } }
