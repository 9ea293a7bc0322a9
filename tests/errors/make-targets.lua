local image = write "image" { path = "bin/true", text = "not much of an image" }
make_in_container "targets" {
  "parameters", toolchain = image, targets = { "all", "-f/etc/passwd" }, variables = { O = "/tmp" },
  outputs = { x = "x" },
}
make_in_container "inside" { "parameters", toolchain = image, objdir = false, readonly = true, outputs = { x = "x" } }
