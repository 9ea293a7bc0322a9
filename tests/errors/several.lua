write "one" { path = "a", txet = "hello" }
write "two" { path = 1, text = "x" }
copy "three" { into = "/etc" }
