local image = write "image" { path = "bin/true", text = "not much of an image" }
run_in_container "nothing" { toolchain = image }
