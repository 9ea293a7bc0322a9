-- run: run git-offline-commit.lua --offline -q
-- exit: 5
return git_checkout "driver" { "https://example.org/driver.git", commit = "0123456789012345678901234567890123456789" }
