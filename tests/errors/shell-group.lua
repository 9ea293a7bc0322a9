-- run: shell shell-group.lua source
return tree "source" { write { path = "a", text = "b" }, write { path = "c", text = "d" } }
