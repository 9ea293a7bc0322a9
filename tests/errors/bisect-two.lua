-- run: bisect bisect-two.lua bisect-two.lua --judge a --script b
return write "a" { path = "a", text = "b" }
