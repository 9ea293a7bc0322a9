local image = write "image" { path = "bin/true", text = "not much of an image" }
run_in_container "env" { "true", toolchain = image, env = { LD_PRELOAD = "/x.so", ["A=B"] = "c" } }
run_in_container "loader" { "true", toolchain = image, env = { GCONV_PATH = "/x", MAKEFILES = "/x.mk", PYTHONPATH = "/jkr/src" } }
