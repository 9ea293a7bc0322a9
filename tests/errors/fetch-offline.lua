-- run: run fetch-offline.lua -q --offline
-- exit: 5
return fetch "driver" {
  "https://example.org/driver.tar.gz",
  sha256 = "0123456789012345678901234567890123456789012345678901234567890123",
}
