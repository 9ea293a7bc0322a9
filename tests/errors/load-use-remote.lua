local zed = use "https://host/team/bsp//recipes/foo.lua?ref=v2" { }
