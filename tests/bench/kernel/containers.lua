-- containers.lua: many steps that only start a program in a sandbox, or only write a file
recipe "containers" { version = "1", license = "MIT", summary = "what a sandbox costs" }

local n    = option.int { "n", 100, "steps" }
local word = option.string { "word", "0", "another word is other steps" }
local real = option.bool { "real", true, "programs in sandboxes; otherwise files" }
local gcc  = toolchain "debian-arm64"

local below = write "below" { path = "below", text = "an overlay lies over this\n" }
local all = { below }
for i = 1, n do
  if real then
    all[#all + 1] = run_in_container("step" .. i) { "true", toolchain = gcc, on = below, env = { WORD = word .. i } }
  else
    all[#all + 1] = write("step" .. i) { path = "f" .. i, text = word, on = below }
  end
end
return bundle "containers" (all)
