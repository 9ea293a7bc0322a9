-- run: run image-no-mmdebstrap.lua -q
-- exit: 6
return image "tools" { suite = "bookworm", packages = { "gcc" } }
