recipe "order" { version = "1", license = "MIT", summary = "a list of modules" }

return make_in_container "order" {
  "src", toolchain = toolchain "host", targets = { "all" }, objdir = false, outputs = { "modules.order" },
}
