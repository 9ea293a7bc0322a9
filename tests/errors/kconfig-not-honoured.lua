-- run: run kconfig-not-honoured.lua -q
-- exit: 3
local config = write "config" { path = ".config", text = "CONFIG_HZ=250\nCONFIG_PREEMPT_RT=y\n" }
return kconfig_check "honoured" {
  config = config,
  symbols = {
    PREEMPT_RT = y,
    HZ = 1000,
    TCP_CONG_BBR = m,
  },
}
