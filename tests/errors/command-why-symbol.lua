-- run: why command-why-symbol.lua CONFIG_PREEMPT_RT
return write "linux" { path = "a", text = "b" }
