recipe "r" { version = "1", license = "MIT", summary = "a list with another ending" }
local a = write "a" { path = "a", text = "a" }
return checksums "list" { a, name = "SHA256SUMS" }
