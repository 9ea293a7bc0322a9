-- run: run untar-sha256.lua -q
-- exit: 1
return untar "src" {
  "driver.tar",
  sha256 = "0123456789012345678901234567890123456789012345678901234567890123",
}
