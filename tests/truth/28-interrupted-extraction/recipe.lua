recipe "sources" { version = "1", license = "MIT", summary = "the kernel's sources" }

local src = untar "src" { "linux.tar", strip = 1 }

return bundle "sources" { src }
