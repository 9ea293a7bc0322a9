-- run: plan with-several.lua --with two=.
define "two" { doc = "Two.", params = {}, build = function(p)
  return { write "a" { path = "a", text = "b" }, write "c" { path = "c", text = "d" } }
end }
return two "two" {}
