-- run: why why-nothing.lua hallo
return write "hello" { path = "hello.txt", text = "hi" }
