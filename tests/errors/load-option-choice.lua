-- run: check load-option-choice.lua -D camera=doo
local camera = option.choice { "camera", { "mono", "duo" }, "Cameras" }
