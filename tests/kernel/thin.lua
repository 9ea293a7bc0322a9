-- a whole kernel tree, and one small change to it: what does that add to the store?
recipe "thin" { version = "1", license = "MIT", summary = "a patch on a kernel tree" }

local word = option.string { "word", "one", "What the change writes" }

local deb = fetch "linux-deb" { deb = "linux-source-6.12" }
local src = tree "linux-source" {
  untar { deb / "usr/src/linux-source-6.12.tar.xz", strip = 1 },
  edit { "init/version.c", find = "#include <linux/uts.h>", replace = "#include <linux/uts.h> /* " .. word .. " */" },
}

return bundle "thin" { src / "init/version.c" }
