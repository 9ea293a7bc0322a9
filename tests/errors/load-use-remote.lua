local zed = use "git+https://host/team/bsp//recipes/foo.lua?ref=v2" { }
