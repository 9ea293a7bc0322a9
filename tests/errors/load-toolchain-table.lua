toolchain { "debian-arm64" }
