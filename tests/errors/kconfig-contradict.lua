-- run: run kconfig-contradict.lua -q
-- exit: 3
local image = untar "image" { "kconfig.tar", rootfs = true }
local config = write "config" { path = ".config", text = "CONFIG_SLAB=y\nCONFIG_CRC32=y\n" }
return kconfig_check "honoured" {
  config = config,
  symbols = {
    SLAB = y,
    SLUB_TINY = y,
    X86_PAT = y,
    CRC32 = n,
  },
  source = write "source" { path = "Makefile", text = "VERSION = 6\n" },
  build = write "build" { path = "scripts/kconfig/symbol.o", text = "" },
  toolchain = image,
  variables = { HOSTCC = "compiler" },
}
