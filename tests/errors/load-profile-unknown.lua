-- run: check load-profile-unknown.lua --profile fast
local rt = option.bool { "rt", true, "PREEMPT_RT" }
