-- run: check load-option-matches.lua -D cores=1-a
local cores = option.string { "cores", "1-5", "Cores", matches = "[0-9,-]*" }
