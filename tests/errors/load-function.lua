write "goal" { path = "a", text = function() return "x" end }
