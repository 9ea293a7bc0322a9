-- options.lua: what -D sets, and items that depend on it
--   jkr run examples/options.lua -D camera=duo -D retries=300
recipe "options" { version = "1", license = "MIT", summary = "options and what depends on them" }

local rt      = option.bool { "rt", true, "PREEMPT_RT instead of the stock preemption model" }
local camera  = option.choice { "camera", { "mono", "duo", "none" }, "Which cameras are fitted" }
local retries = option.int { "retries", 200, "PCIe link retries", min = 10, max = 400 }

-- an option is a plain value, so it enters the key of exactly those steps whose parameters it ends up in
local kernel = write "kernel" { path = "kernel.txt", text = rt and "PREEMPT_RT\n" or "PREEMPT\n" }
local pcie   = write "pcie" { path = "pcie.txt", text = "retries " .. retries .. "\n" }

-- a nil in a list is an error; what may be absent is said with `when`
return bundle "options" {
  kernel, pcie,
  when(camera ~= "none", write "camera" { path = "camera.txt", text = camera .. "\n" }),
}
