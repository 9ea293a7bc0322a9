# 50: an overlay that is never built
#
# The makefile lists it under a symbol that the configuration does not set; the boot menu names it. What the loader does not find, it
# leaves out.

prepare() { cp "$TRUTH/board/board.dts" .; }

plain() {
  make -s dtbs
  mkdir boot
  cp ./*.dtb boot/
  cp ./*.dtbo boot/ || true
  cp extlinux.conf boot/
  shows 'make dtbs: exit 0; the menu names camera.dtbo, which is not there' \
    sh -c 'grep -q camera.dtbo boot/extlinux.conf && ! [ -e boot/camera.dtbo ]'
}

ours() {
  refuses E0318 recipe.lua 'outputs = {' camera.dtbo
  mend recipe.lua ', "camera.dtbo"' '' # not asked of make: the menu asks for it
  refuses E1305 recipe.lua 'extlinux_check' 'OVERLAYS names `/boot/camera.dtbo`, which is not there'
  mend Makefile 'CONFIG_CAMERA' 'CONFIG_BOARD'
  mend recipe.lua '"board.dtb" }' '"board.dtb", "camera.dtbo" }'
  mend recipe.lua 'copy { dt / "board.dtb",' 'copy { dt / "camera.dtbo", into = "boot" }, copy { dt / "board.dtb",'
  runs
  gives 'built, it is there and goes on the board' [ -e out/boot/camera.dtbo ]
}
