return image "tools" { suite = "bookworm", packages = { "gcc" } }
