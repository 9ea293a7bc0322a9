recipe "driver" { version = "1", license = "MIT", summary = "a vendor's driver" }

local built = run_in_container "driver" {
  toolchain = toolchain "host",
  argv = { "make", "-C", "/jkr/vendor", "modules" },
  mounts = { ["/jkr/vendor"] = copy "vendor" { "vendor" } },
  outputs = { ["camera.ko"] = "/jkr/vendor/camera.ko", ["lens.ko"] = "/jkr/vendor/lens.ko" },
}

return built
