-- run: check load-option-unknown.lua -D rtt=true
local rt = option.bool { "rt", true, "PREEMPT_RT" }
