recipe "driver" { version = "1", license = "MIT", summary = "a vendor's driver" }

local built = run_in_container "driver" {
  toolchain = toolchain "host",
  argv = { "make", "-C", "/jkr/vendor", "KDIR=/jkr/headers/rt", "modules" },
  mounts = { ["/jkr/vendor"] = copy "vendor" { "vendor" }, ["/jkr/headers"] = untar "headers" { "headers.tar" } },
  outputs = { ["camera.ko"] = "/jkr/vendor/camera/camera.ko", ["lens.ko"] = "/jkr/vendor/lens/lens.ko" },
}

return built
