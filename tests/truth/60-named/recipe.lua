recipe "image" { version = "1", license = "MIT", summary = "an image with all that makes two builds differ" }

local gcc = toolchain "host"
local src = copy "src" { "src" }
local image = run_in_container "image" { "/jkr/source", "/jkr/out", script = "src/build.sh", mounts = { ["/jkr/source"] = src }, toolchain = gcc }
local order = make_in_container "order" {
  src, toolchain = gcc, targets = { "all" }, objdir = false, outputs = { "order" },
}

return bundle "all" { image, order }
