local a = option.bool { "rt", true }
local b = option.bool { "rt", false }
