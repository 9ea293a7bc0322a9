-- run: run fetch-dsc-no-hash.lua -q
return fetch "hello" { dsc = "https://example.org/hello_1.dsc" }
