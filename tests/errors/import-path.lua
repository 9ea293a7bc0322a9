local bsp = use "git+https://host/team/bsp/recipes/foo.lua" { }
