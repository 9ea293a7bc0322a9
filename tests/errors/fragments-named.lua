return write "w" { path = "a", text = "b", fragments "library" { "core/64bit" } }
