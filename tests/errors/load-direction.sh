# run: check load-direction.lua
# a mark that turns the direction of writing hides code in a comment
printf 'local a = 1 -- \342\200\256 } \342\201\246 if\nreturn write { path = "a", text = "b" }\n' >load-direction.lua
