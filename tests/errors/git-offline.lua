-- run: plan git-offline.lua --offline
-- exit: 5
return git_checkout "driver" { "https://example.org/driver.git", ref = "main" }
