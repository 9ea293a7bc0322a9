recipe "headers" { version = "1", license = "MIT", summary = "headers for the board" }

local headers = copy "headers" { "headers" }

file_check "programs" { headers, machine = "arm64" }

return headers
