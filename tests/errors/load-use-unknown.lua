local zed = use "load-o.lua" { }
