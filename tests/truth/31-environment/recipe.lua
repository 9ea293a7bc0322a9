recipe "image" { version = "1", license = "MIT", summary = "an archive that tells where it was built" }

local built = run_in_container "built" {
  "sh", "src/build.sh", toolchain = toolchain "host", on = copy { "src", into = "src" },
}

return bundle "image" { built / "board.tar" }
