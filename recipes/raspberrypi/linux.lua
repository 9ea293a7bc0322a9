-- linux.lua: the kernel's source for both boards, which they share: the vendor's tree, or Debian's
recipe "raspberrypi-linux" { version = "1", license = "GPL-2.0-only", summary = "Linux for Raspberry Pi" }

local tree_of = option.choice { "tree", { "vendor", "debian" }, "Raspberry Pi's own Linux, or Debian's" }
local url     = option.string { "url", "https://github.com/raspberrypi/linux.git", "where the vendor's tree is, or your clone of it" }
local ref     = option.string { "ref", "rpi-6.12.y", "its branch or tag; jkr.lock keeps the commit" }

if tree_of == "vendor" then return git_checkout "linux-source" { url, ref = ref } end

local deb = fetch "linux-deb" { deb = "linux-source-6.12" }
return tree "linux-source" { untar { deb / "usr/src/linux-source-6.12.tar.xz", strip = 1 } }
