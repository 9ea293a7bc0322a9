-- run: run kconfig-together.lua -q
-- exit: 3
local image = untar "image" { "kconfig.tar", rootfs = true }
local config = write "config" { path = ".config", text = "CONFIG_HZ=250\n" }
return kconfig_check "honoured" {
  config = config,
  symbols = {
    HZ = 250,
    PREEMPT_RT = y,
    TCP_CONG_BBR = m,
  },
  source = write "source" { path = "Makefile", text = "VERSION = 6\n" },
  build = write "build" { path = "scripts/kconfig/symbol.o", text = "" },
  toolchain = image,
  variables = { HOSTCC = "compiler" },
}
