-- run: plan fetch-no-hash.lua
return fetch "driver" { "https://example.org/driver.tar.gz" }
