-- run: run image-moved.lua -q
-- exit: 1
return image "tools" { suite = "bookworm", packages = { "gcc" } }
