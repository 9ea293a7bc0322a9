return image "tools" { packages = { "gcc" } }
