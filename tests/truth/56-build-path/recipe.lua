recipe "path" { version = "1", license = "MIT", summary = "an object with debug information" }

local built = run_in_container "driver" {
  "sh", "build.sh", "/jkr/src", toolchain = toolchain "host", on = copy { "src" },
}

return bundle "path" { built / "driver.o" }
