recipe "table" { version = "1", license = "MIT", summary = "a table that a program makes" }

return make_in_container "table" {
  "src", toolchain = toolchain "host",
  targets = { "/jkr/build/table.h" }, outputs = { "table.h" },
}
