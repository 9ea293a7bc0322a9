local rt = option.bool { "rt", false, "PREEMPT_RT" }
copy "x" {
  "load-false-item.lua",
  rt and "rt.config",
}
