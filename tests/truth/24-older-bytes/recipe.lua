recipe "tool" { version = "1", license = "MIT", summary = "a tool" }

return make_in_container "tool" {
  "src", toolchain = toolchain "host", targets = { "/jkr/build/tool" }, outputs = { "tool" },
}
