local bsp = use "git+https://host/team/bsp//foo.lua?commit=12ab" { }
