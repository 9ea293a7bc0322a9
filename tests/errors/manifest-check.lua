-- run: run manifest-check.lua -q
-- exit: 3
local one = string.rep("0", 64)
local t = tree "t" {
  write { path = "kernel/Image", text = "kernel\n" },
  write { path = "BUILD_MANIFEST.json", text = '{"outputs": [{"path": "Image", "sha256": "' .. one .. '"}, {"path": "board.dtb", "sha256": "' .. one .. '"}]}' },
}
manifest_check "delivered" { t }
return t
