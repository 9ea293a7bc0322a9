-- run: plan image-unknown.lua
-- exit: 6
return image "tools" { suite = "bookworm", packages = { "gcc-sauce" } }
