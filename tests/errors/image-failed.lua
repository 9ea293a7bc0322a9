-- run: run image-failed.lua -q
-- exit: 1
return image "tools" { suite = "bookworm", packages = { "gcc" } }
