recipe "archive" { version = "1", license = "MIT", summary = "a root file system as an archive" }

local built = run_in_container "built" { "/jkr/out", script = "src/build.sh", toolchain = toolchain "host" }

return built
