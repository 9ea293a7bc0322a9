-- compile.lua: a program compiled in a container: no network, fixed paths, nothing of the caller's environment
recipe "compile" { version = "1", license = "MIT", summary = "a cross-compiled object" }

local gcc = toolchain "debian-arm64"

local object = run_in_container "driver" {
  toolchain = gcc,
  mounts = { ["/jkr/driver"] = "files/driver" },
  argv = { gcc.prefix .. "gcc", "-std=c11", "-O2", "-Wall", "-Werror", "-c", "/jkr/driver/driver.c", "-o", "/jkr/out/driver.o" },
  outputs = { ["driver.o"] = "driver.o" },
}

return bundle "compile" { object }
