local rt = option.bool { "rt", "yes", "PREEMPT_RT" }
