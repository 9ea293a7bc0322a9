-- run: check profile-value.lua --profile board
local rt = option.bool { "rt", true, "PREEMPT_RT" }
return write { path = "a", text = tostring(rt) }
