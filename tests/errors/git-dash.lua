return git_checkout "driver" { "https://example.org/driver.git", ref = "--upload-pack=touch evil" }
