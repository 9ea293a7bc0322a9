-- run: run fetch-staged-two.lua -q
return fetch "sdk" { file = "ZED_SDK.run", get = "log in at example.org and download version 4.2" }
