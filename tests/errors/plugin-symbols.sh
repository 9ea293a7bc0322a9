for p in camera=250 audio=1000; do
  mkdir -p "plugins/${p%=*}"
  echo "name: ${p%=*}" >"plugins/${p%=*}/plugin.yaml"
  cat >"plugins/${p%=*}/plugin.lua" <<LUA
return {
  post_defconfig = {
    kconfig_append { ".config", symbols = { HZ = ${p#*=} } },
  },
}
LUA
done
