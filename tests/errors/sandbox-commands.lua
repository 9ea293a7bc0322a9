local image = write "image" { path = "bin/true", text = "not much of an image" }
run_in_container "commands" { commands = { "depmod -a", "echo $(id) > x" }, toolchain = image }
