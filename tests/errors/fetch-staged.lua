-- run: run fetch-staged.lua -q
-- exit: 6
return fetch "sdk" { file = "downloads/ZED_SDK.run", get = "log in at example.org and download version 4.2" }
