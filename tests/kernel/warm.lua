-- one changed source file: the warm build directory compiles that file, and equals a fresh build
recipe "warm" { version = "1", license = "MIT", summary = "a warm build against a fresh one" }

local state = option.choice { "state", { "first", "edited", "back" },
  "The tree as it comes, with one source file edited, and as it comes again beside a file that no compiler reads" }

local gcc = toolchain "debian-arm64"
local deb = fetch "linux-deb" { deb = "linux-source-6.12" }
local src = tree "linux-source" {
  untar { deb / "usr/src/linux-source-6.12.tar.xz", strip = 1 },
  when(state == "edited", edit {
    "init/version.c",
    find = "#include <linux/uts.h>",
    replace = "#include <linux/uts.h>\n\nconst char jkr_edited[] = \"edited\";",
  }),
  when(state == "back", write { path = "Documentation/jkr.txt", text = "back\n" }),
}
local linux = kernel "linux" { src, toolchain = gcc, arch = "arm64", base = "tinyconfig", targets = { "Image" } }

return bundle "warm" { linux.Image }
