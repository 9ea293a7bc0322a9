-- one changed source file: the warm build directory compiles that file, and equals a fresh build
recipe "warm" { version = "1", license = "MIT", summary = "a warm build against a fresh one" }

local edited = option.bool { "edit", false, "Whether one source file differs" }

local gcc = toolchain "debian-arm64"
local deb = fetch "linux-deb" { deb = "linux-source-6.12" }
local src = tree "linux-source" {
  untar { deb / "usr/src/linux-source-6.12.tar.xz", strip = 1 },
  edit {
    "init/version.c",
    find = "#include <linux/uts.h>",
    replace = edited and "#include <linux/uts.h>\n\nconst char jkr_edited[] = \"edited\";" or "#include <linux/uts.h>\n",
  },
}
local linux = kernel "linux" { src, toolchain = gcc, arch = "arm64", base = "tinyconfig", targets = { "Image" } }

return bundle "warm" { linux.Image }
