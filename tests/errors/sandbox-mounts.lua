local image = write "image" { path = "bin/true", text = "not much of an image" }
run_in_container "mounts" {
  "true", toolchain = image,
  mounts = { ["/var/run/docker.sock"] = image, ["/jkr/src"] = image },
}
