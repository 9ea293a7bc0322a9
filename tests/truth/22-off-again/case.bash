# 22: PREEMPT_RT off again
#
# The script switches it on when it is asked to. Nothing switches it off.

configure() {
  if [ "$1" = 1 ]; then
    "$LINUX/scripts/config" --file o/.config --enable PREEMPT_RT
  fi
  kmake olddefconfig
}

plain() {
  configured
  configure 1
  configure 0
  shows 'RT=1, then RT=0: exit 0; the kernel is PREEMPT_RT' grep -qx CONFIG_PREEMPT_RT=y o/.config
}

ours() {
  runs -D rt=false
  cp out/.config never
  runs -D rt=true
  gives 'with rt=true it is on' grep -qx CONFIG_PREEMPT_RT=y out/.config
  runs -D rt=false
  gives 'with rt=false the configuration is, byte by byte, that of a kernel which never had it' cmp never out/.config
}
