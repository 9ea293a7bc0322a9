recipe "headers" { version = "1", license = "MIT", summary = "headers for the board" }

local headers = copy "headers" { "headers" }

-- a header may be empty
file_check "programs" { headers, machine = "arm64", min_size = 0 }

return headers
