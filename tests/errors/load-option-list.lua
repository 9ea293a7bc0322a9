-- run: check load-option-list.lua -D frobnicate=true
local rt = option.bool { "rt", true, "PREEMPT_RT" }
local camera = option.bool { "camera", true, "A camera" }
