return {
  post_defconfig = {
    kconfig_append { ".config", symbols = { LOG_BUF_SHIFT = 14 } },
  },
}
