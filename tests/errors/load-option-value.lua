-- run: check load-option-value.lua -D rt=maybe
local rt = option.bool { "rt", true, "PREEMPT_RT" }
