toolchain { arch = "arm64" }
