-- debian-source.lua: a Debian source package, unpacked and patched as dpkg-source does, with a patch of one's own on top
recipe "debian-source" { version = "1", license = "MIT", summary = "a Debian source package" }

-- what `fetch { dsc = "greeting" }` would get: the .dsc, and beside it what it lists; each is compared with its hash there
local debian = debian_source "debian" { "files/greeting/greeting_1.0-1.dsc" }

local src = edit "src" { "greeting.c", on = debian, find = "Debian", replace = "board" }

return bundle "debian-source" { src / "greeting.c", debian / "debian/changelog" }
