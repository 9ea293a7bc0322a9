-- run: check load-option-range.lua -D jobs=99
local jobs = option.int { "jobs", 4, "Jobs", min = 1, max = 8 }
