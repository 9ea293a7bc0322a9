local all = { "a", "b" }
return all
