recipe "dry" { version = "1", license = "MIT", summary = "what a dry run does" }

return make_in_container "tool" {
  "src", toolchain = toolchain "host",
  targets = { "/jkr/build/tool" }, outputs = { "tool" },
}
