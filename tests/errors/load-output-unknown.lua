local all = bundle "all" { "load-output-unknown.lua" }
return all.tre
