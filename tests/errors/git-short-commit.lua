return git_checkout "driver" { "https://example.org/driver.git", commit = "0123456" }
