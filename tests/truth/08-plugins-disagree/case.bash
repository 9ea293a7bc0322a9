# 8: two plugins that disagree
#
# The camera's driver brings a fragment, and so does the lidar's. merge_config.sh says what it redefines in the middle of a log.

plain() {
  configured
  echo CONFIG_LOG_BUF_SHIFT=18 >camera.config
  echo CONFIG_LOG_BUF_SHIFT=14 >lidar.config
  sh "$LINUX/scripts/kconfig/merge_config.sh" -m -O o o/.config camera.config lidar.config
  shows "merge_config.sh: exit 0; the camera's value is gone" grep -qx CONFIG_LOG_BUF_SHIFT=14 o/.config
}

ours() {
  refuses E0126 plugins/lidar/plugin.lua 'LOG_BUF_SHIFT' 'symbol `LOG_BUF_SHIFT` is set to 14 here, and to 18 at plugins/camera/plugin.lua:3'
  mend recipe.lua 'drivers.post_defconfig,' 'drivers.post_defconfig, kconfig_append { ".config", symbols = { LOG_BUF_SHIFT = 16 } },'
  runs
  gives 'when the recipe itself decides after both, its value holds' [ "$(tail -n 1 out/.config)" = CONFIG_LOG_BUF_SHIFT=16 ]
}
