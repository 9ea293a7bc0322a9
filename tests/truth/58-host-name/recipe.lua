recipe "host" { version = "1", license = "MIT", summary = "who built it" }

return run_in_container "by" { "/jkr/out", script = "src/build.sh", toolchain = toolchain "host" }
