-- run: plan image-suite.lua
-- exit: 6
return image "tools" { suite = "buster", packages = { "gcc" } }
