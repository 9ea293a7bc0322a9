-- the smallest kernel of the look-alike's tree and one module, for `run --twice`
recipe "twice" { version = "1", license = "GPL-2.0-only", summary = "a small kernel, built twice" }

local public = fetch "public-sources" { file = "public_sources.tbz2" }
local src = tree "source" { untar { public, inner = "Linux_for_Tegra/source/kernel_src.tbz2" } }

local linux = kernel "linux" {
  src / "kernel/kernel-jammy-src", toolchain = toolchain "bootlin-aarch64-2022.08", base = "tinyconfig", localversion = "-twice",
  config = { MODULES = y, CRC7 = m },
}

return bundle "twice" { linux.Image, pack "modules" { linux.modules, name = "modules.tar.zst" } }
