-- run: run image-no-user.lua -q
-- exit: 6
return image "tools" { suite = "bookworm", packages = { "gcc" } }
