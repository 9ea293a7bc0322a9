-- run: plan image-no-lists.lua
-- exit: 6
return image "tools" { suite = "bookworm", packages = { "gcc" } }
