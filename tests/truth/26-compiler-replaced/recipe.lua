recipe "tool" { version = "1", license = "MIT", summary = "a tool, by the compiler of the project" }

local gcc = copy "gcc" { "compiler/cc", on = toolchain "host", into = "usr/local/bin" }

return make_in_container "tool" {
  "src", toolchain = gcc, targets = { "/jkr/build/tool" }, outputs = { "tool" },
}
