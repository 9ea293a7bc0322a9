#!/usr/bin/env bats
# audit: what a recipe's checks say in a table, and what can be told of a tree that jkr did not build.

load helper

# module NAME VERMAGIC: a real, small NAME.ko
module() {
  printf 'static const char info[] __attribute__((used, section(".modinfo"))) = "name=%s\\0license=GPL\\0vermagic=%s";\n' "$1" "$2" |
    gcc -c -x c -o "$1.ko" -
}

r=5.15.148-rt-tegra

# make_tree: Linux_for_Tegra as it should be
make_tree() {
  mkdir -p Linux_for_Tegra/{bootloader,kernel/dtb,nv_tegra,staging/kernel-headers} Linux_for_Tegra/rootfs/{etc/ssh,boot/{extlinux,dtb}}
  mkdir -p Linux_for_Tegra/rootfs/lib/modules/$r/{kernel,updates}
  cd Linux_for_Tegra || return
  printf 'MZ\0\0Linux version %s (jkr@jkr) #1 SMP PREEMPT_RT Thu\n\0' $r >kernel/Image
  cp kernel/Image rootfs/boot/Image
  printf 'BSP_BRANCH=36\nBSP_MAJOR=4\nBSP_MINOR=3\n' >nv_tegra/bsp_version
  echo '# R36 (release), REVISION: 4.3, GCID: 0, BOARD: generic' >rootfs/etc/nv_tegra_release
  printf '/dts-v1/;\n/ { i2c0: i2c@0 { }; };\n' | dtc -q -@ -I dts -O dtb -o kernel/dtb/board.dtb -
  printf '/dts-v1/;\n/plugin/;\n&i2c0 { status = "okay"; };\n' | dtc -q -@ -I dts -O dtb -o kernel/dtb/camera.dtbo -
  cp kernel/dtb/board.dtb rootfs/boot/dtb/ && cp kernel/dtb/camera.dtbo rootfs/boot/ || return 1
  touch rootfs/boot/initrd && echo x >rootfs/boot/initrd || return 1
  printf 'DEFAULT primary\nLABEL primary\n  LINUX /boot/Image\n  INITRD /boot/initrd\n  FDT /boot/dtb/board.dtb\n' >bootloader/extlinux.conf
  printf '  APPEND ${cbootargs} root=/dev/nvme0n1p1 nohz_full=1-5 isolcpus=1-5\n  OVERLAYS /boot/camera.dtbo\n' >>bootloader/extlinux.conf
  cp bootloader/extlinux.conf rootfs/boot/extlinux/
  for m in metis host1x; do module $m "$r SMP preempt_rt mod_unload modversions aarch64"; done
  cp host1x.ko rootfs/lib/modules/$r/kernel/ && mv metis.ko host1x.ko rootfs/lib/modules/$r/updates/ || return 1
  printf 'kernel/host1x.ko:\nupdates/metis.ko:\nupdates/host1x.ko:\n' >rootfs/lib/modules/$r/modules.dep
  echo kernel/drivers/nvme/host/nvme.ko >rootfs/lib/modules/$r/modules.builtin
  printf '!<arch>\ndebian-binary' >staging/kernel-headers/linux-headers-$r.deb
  cd ..
}

# fails LOOK TEXT: an audit of the tree fails, in this row and with this text
fails() {
  run jkr audit Linux_for_Tegra
  [ "$status" = 3 ] || { echo "$output"; return 1; }
  grep -E "^$1 +FAILED .*$2" <<<"$output" || { echo "$output"; return 1; }
}

@test "a tree that is as it should be" {
  make_tree
  before=$(find Linux_for_Tegra -printf '%p %T@ %s\n' | sort | sha256sum)
  run jkr audit Linux_for_Tegra
  echo "$output"
  [ "$status" = 0 ]
  [[ $output =~ vermagic' '+ok && $output =~ overlays' '+ok' '+apply && $output =~ 'boot menu '+ok && $output == *'3 modules of '* ]]
  [[ $output =~ manifest' '+'cannot tell' ]]
  [ "$(find Linux_for_Tegra -printf '%p %T@ %s\n' | sort | sha256sum)" = "$before" ]
  [ "$(jkr audit Linux_for_Tegra --format json | json 'd["good"], len(d["checks"]), d["checks"][1]["got"]')" = "(True, 13, '$r')" ]
  # its root file system alone
  run jkr audit Linux_for_Tegra/rootfs
  [ "$status" = 0 ]
  [[ $output != *'image in rootfs'* ]]
}

@test "each look fails where its part is wrong" {
  make_tree
  t=Linux_for_Tegra
  cp -r $t good
  again() { rm -rf $t && cp -r good $t; }

  sed -i s/5.15/5.10/ $t/kernel/Image && fails 'image in rootfs' 'two kernels' && fails modules 'no modules of `5.10' && again || return 1
  sed -i s/4.3/4.4/ $t/rootfs/etc/nv_tegra_release && fails release 'the BSP is 4.3' && again || return 1
  : >$t/kernel/Image && fails image 'has 0 bytes' && again || return 1
  (cd $t/rootfs/lib/modules/$r && module odd "$r SMP preempt" && echo updates/odd.ko: >>modules.dep && mv odd.ko updates/)
  fails vermagic 'is built for' && again || return 1
  echo cut >$t/rootfs/lib/modules/$r/updates/metis.ko && fails vermagic 'metis.ko' && again || return 1
  cp $t/rootfs/lib/modules/$r/updates/metis.ko $t/rootfs/lib/modules/$r/updates/sub.ko
  fails modules 'not in modules.dep' && again || return 1
  mkdir $t/rootfs/lib/modules/$r/updates/b && cp $t/rootfs/lib/modules/$r/updates/{,b/}metis.ko || return 1
  fails modules 'there twice' && again || return 1
  rm $t/staging/kernel-headers/* && fails headers 'no package' && again || return 1
  sed -i 's/isolcpus=1-5/isolcpus=1-4/' $t/rootfs/boot/extlinux/extlinux.conf
  fails 'boot menu' 'isolcpus' && fails 'boot menu in BSP' differ && again || return 1
  sed -i 's/root=/cma=64M root=/' $t/{bootloader,rootfs/boot/extlinux}/extlinux.conf && fails 'boot menu' 'cma' && again || return 1
  rm $t/rootfs/boot/camera.dtbo && fails 'boot menu' 'camera.dtbo' && again || return 1
  head -c 30 good/kernel/dtb/board.dtb >$t/kernel/dtb/board.dtb && fails 'device trees' 'board.dtb' && again || return 1
  printf '/dts-v1/;\n/plugin/;\n&i2c1 { };\n' | dtc -q -@ -I dts -O dtb -o $t/rootfs/boot/camera.dtbo - && fails overlays i2c1 && again || return 1
  echo key >$t/rootfs/etc/ssh/ssh_host_rsa_key && fails 'ssh host keys' ssh_host_rsa_key && again || return 1
  printf '{"outputs": [{"path": "Image", "sha256": "%064d"}]}' 0 >$t/BUILD_MANIFEST.json && fails manifest 'other bytes' && again || return 1
  printf '{"git_head": "x"}' >$t/BUILD_MANIFEST.json
  run jkr audit $t
  [ "$status" = 0 ]
}

@test "a list of symbols without the kernel's own proves none of them" {
  make_tree
  headers=Linux_for_Tegra/rootfs/usr/src/linux-headers-$r
  mkdir -p "$headers"
  module say "$r SMP preempt_rt mod_unload modversions "
  for m in Linux_for_Tegra/rootfs/lib/modules/"$r"/*/*.ko; do cp say.ko "$m"; done # for this machine
  printf 'CONFIG_%s=y\n' X86_64 SMP PREEMPT_RT MODULES MODULE_UNLOAD MODVERSIONS >"$headers/.config"
  printf '0x12345678\tsay\textra/hello\tEXPORT_SYMBOL\t\n' >"$headers/Module.symvers"
  run jkr audit Linux_for_Tegra
  echo "$output"
  [[ $output == *'symbols not compared: there is no Module.symvers of the kernel'* ]]
  printf '0x12345678\tsay\tvmlinux\tEXPORT_SYMBOL\t\n' >"$headers/Module.symvers"
  run jkr audit Linux_for_Tegra
  [[ $output == *', every symbol there'* ]]
}

@test "an overlay that says it is for another board is told, and fails nothing: the boot loader applies it" {
  make_tree
  for blob in rootfs/boot/dtb kernel/dtb; do
    printf '/dts-v1/;\n/ { compatible = "nvidia,p3768+p3767", "nvidia,tegra234"; i2c0: i2c@0 { }; };\n' | dtc -q -@ -I dts -O dtb -o Linux_for_Tegra/$blob/board.dtb -
  done
  for board in p3737 p3767; do
    printf '/dts-v1/;\n/plugin/;\n/ { compatible = "nvidia,p3509", "nvidia,p3768+%s"; };\n&i2c0 { status = "okay"; };\n' $board |
      dtc -q -@ -I dts -O dtb -o Linux_for_Tegra/rootfs/boot/camera.dtbo -
    jkr audit Linux_for_Tegra >$board
  done
  grep -q 'overlays .*but says that it is for nvidia,p3509 or nvidia,p3768+p3737, and this is nvidia,p3768+p3767 and nvidia,tegra234' p3737
  no grep -q 'but says' p3767
}

@test "headers on the target: programs of another machine cannot run there" {
  make_tree
  at=Linux_for_Tegra/rootfs/usr/src/linux-headers-$r
  mkdir -p $at/scripts/basic
  ln -s /usr/src/linux-headers-$r Linux_for_Tegra/rootfs/lib/modules/$r/build
  cp "$(type -P true)" $at/scripts/basic/fixdep
  fails headers 'x86_64'
}

@test "a tree made to hurt: links out, a fifo, a file without end, a name that is no module" {
  make_tree
  cd Linux_for_Tegra/rootfs
  rm boot/Image && ln -s ../../../../../../../etc/passwd boot/Image || return 1
  mkfifo lib/modules/$r/updates/fifo.ko
  truncate -s 1T lib/modules/$r/updates/huge.ko
  ln -s / lib/modules/$r/updates/all
  rm etc/nv_tegra_release && ln -s /etc/shadow etc/nv_tegra_release || return 1
  rm boot/extlinux/extlinux.conf && mkfifo boot/extlinux/extlinux.conf || return 1
  cd ../..
  run timeout 20 "$JKR" audit Linux_for_Tegra
  echo "$output"
  [ "$status" = 3 ]
  [[ $output == *'huge.ko'* && $output != *root:* ]]
}

@test "what is neither, or has no check, is said" {
  mkdir empty
  run jkr audit empty
  [ "$status" = 2 ]
  [[ $output == *'error[E1310]'* ]]
  echo 'return write "w" { path = "a", text = "x" }' >none.lua
  run jkr audit none.lua
  [ "$status" = 2 ]
  [[ $output == *'error[E1309]: recipe'* ]]
}

make_recipe() {
  cat >r.lua <<'LUA'
recipe "r" { version = "1", license = "MIT", summary = "checks" }
local size = option.int { "size", 1, "Bytes that the file has at least" }
local root = tree "root" {
  write { path = "etc/hostname", text = "board\n" },
  file_check "early" { present = "etc/hostname" },
  write { path = "retries.h", text = "#define RETRIES 200\n" },
}
file_check "keys" { root, absent = "etc/ssh/ssh_host_*" }
file_check "retries" { root / "retries.h", find = "RETRIES ([0-9]+)", is = "200" }
file_check "size" { root, present = "etc/hostname", min_size = size }
local other = write "other" { path = "b", text = "x\n" }
file_check "there" { other, present = "b" }
return root
LUA
}

# row NAME: state, asked and got of one row
row() { json "[(c['state'], c['asked'], c['got']) for c in d['checks'] if c['check'] == '$1'][0]"; }

@test "a recipe: one row for each check, with its line; the second audit has nothing to do" {
  make_recipe
  run jkr audit r.lua --progress quiet
  echo "$output"
  [ "$status" = 0 ]
  [[ $output =~ retries' '+ok' '+200' '+200' '+r.lua:9 && $output == *'5 of 5 checks hold'* ]]
  [ "$(jkr plan r.lua --format json | json '[s["state"] for s in d["steps"]].count("run")')" = 0 ]
  run jkr audit r.lua --progress plain
  [[ $output == *'5 of 5'* && $output != *'file_check'* ]]
}

@test "a check that fails stops no other, and the status is 3" {
  make_recipe
  run jkr audit r.lua -D size=100 --progress quiet
  echo "$output"
  [ "$status" = 3 ]
  [[ $output =~ size' '+FAILED && $output =~ there' '+ok && $output == *'4 of 5'* && $output == *'error[E1304]'* ]]
  # the export waits for them all
  run jkr run -q r.lua -D size=100 -o out
  [ "$status" = 3 ]
  [ ! -e out/etc ]
}

@test "what was not run says which step it needs" {
  make_recipe
  sed -i 's/present = "etc\/hostname" },/present = "etc\/hostnme" },/' r.lua
  jkr audit r.lua --format json >out.json 2>/dev/null || true
  [[ $(row early <out.json) == *failed* ]]
  [[ $(row keys <out.json) == *'not run'*'needs `early`, which failed'* ]]
  [[ $(row there <out.json) == *ok* ]]
}

@test "checks of one step: its own, and those that look at its result" {
  make_recipe
  [ "$(jkr audit r.lua other --format json 2>/dev/null | json '[c["check"] for c in d["checks"]]')" = "['there']" ]
  [ "$(jkr audit r.lua keys --format json 2>/dev/null | json '[c["check"] for c in d["checks"]]')" = "['keys']" ]
}

@test "a plugin's checks look at the tree that they are put on, under the plugin's name" {
  mkdir -p plugins/p
  cat >plugins/p/plugin.yaml <<'YAML'
name: p
version: 1
summary: a check
YAML
  echo 'return { audit = { file_check "hostname" { present = "etc/hostname", find = "^(.*)$", is = "board" } } }' >plugins/p/plugin.lua
  cat >r.lua <<'LUA'
recipe "r" { version = "1", license = "MIT", summary = "checks" }
local p = plugins { plugin "p" }
local root = write "root" { path = "etc/hostname", text = "board\n" }
tree { root, p.audit }
return root
LUA
  [ "$(jkr audit r.lua --format json 2>/dev/null | json 'd["checks"][0]["check"], d["checks"][0]["got"]')" = "('p:hostname', 'board')" ]
  sed -i s/board/bored/ r.lua
  run jkr audit r.lua
  [ "$status" = 3 ]
}

# make_board: a recipe that audits the made-up tree as a board's does
make_board() {
  mkdir -p stdlib
  touch jkr.yaml
  cat >stdlib/stand_in.lua <<'LUA'
define "stand_in" {
  doc = "Stands for a kernel.", params = {}, outputs = { release = "its release" },
  build = function()
    local r = write "" { path = "release", text = "5.15.148-rt-tegra\n" }
    return { r, release = text(r / "release") }
  end,
}
LUA
  cat >board.lua <<'LUA'
recipe "board" { version = "1", license = "MIT", summary = "l4t_audit" }
local camera = option.bool { "camera", true, "Whether there is an overlay" }
local cmdline = option.string { "cmdline", "CMDLINE_ADD=\"mminit_loglevel=4 root=/dev/nvme0n1p1\"", "What the flash tool adds" }
local extra = option.string { "extra", "etc/extra", "A file that is not NVIDIA's" }
local image = tree "image" {
  copy { "Linux_for_Tegra" },
  write { path = "p3767.conf.common", text = cmdline .. "\n" },
  write { path = extra, text = "x\n" },
}
l4t_audit "audit" {
  image, kernel = stand_in "linux" {}, rt = true, fdt = "/boot/dtb/board.dtb", overlays = { when(camera, "/boot/camera.dtbo") },
  args = { "root=/dev/nvme0n1p1", when(true, { "isolcpus=1-5" }) }, storage = "nvme0n1p1", loadable = "metis", replaces = "host1x",
}
return image
LUA
}

@test "l4t_audit: a board's tree passes, with a camera and without one" {
  make_tree
  make_board
  run jkr audit board.lua --progress quiet
  echo "$output"
  [ "$status" = 0 ]
  [[ $output == *'9 of 9 checks hold'* ]]
  sed -i '/OVERLAYS/d' Linux_for_Tegra/{bootloader,rootfs/boot/extlinux}/extlinux.conf
  rm Linux_for_Tegra/rootfs/boot/camera.dtbo
  run jkr audit board.lua --progress quiet
  [ "$status" = 3 ]
  run jkr audit board.lua -D camera=false --progress quiet
  echo "$output"
  [ "$status" = 0 ]
  [[ $output == *'8 of 8 checks hold'* ]]
}

@test "l4t_audit: each of its checks fails where its part is wrong" {
  make_tree
  make_board
  t=Linux_for_Tegra
  cp -r $t good
  # wrong CHECK: this row alone fails
  wrong() {
    jkr audit board.lua --format json --progress quiet "${@:2}" >out.json 2>/dev/null && return 1
    [ "$(json '[c["check"] for c in d["checks"] if c["state"] != "ok"]' <out.json)" = "['audit/$1']" ] || { cat out.json; return 1; }
    rm -rf $t && cp -r good $t || return 1
  }
  wrong host-keys -D extra=rootfs/etc/ssh/ssh_host_rsa_key
  sed -i 's/rt-tegra/xx-tegra/' $t/rootfs/boot/Image && wrong image || return 1
  sed -i 's/PREEMPT_RT/PREEMPT/' $t/{kernel,rootfs/boot}/Image && wrong rt || return 1
  rm $t/rootfs/lib/modules/$r/updates/metis.ko && sed -i /metis/d $t/rootfs/lib/modules/$r/modules.dep && wrong modules || return 1
  sed -i 's/nvme0n1p1/mmcblk0p1/' $t/rootfs/boot/extlinux/extlinux.conf && wrong menu || return 1
  rm $t/kernel/dtb/board.dtb && wrong trees || return 1
  printf '/dts-v1/;\n/ { };\n' | dtc -q -I dts -O dtb -o $t/rootfs/boot/camera.dtbo - && wrong overlays || return 1
  echo x >$t/staging/kernel-headers/linux-headers-$r.deb && wrong headers || return 1
  # each root= counts, wherever it stands, whatever its form; what only looks like one does not
  local bad
  for bad in 'root=/dev/mmcblk0p1 root=/dev/nvme0n1p1' 'root=/dev/nvme0n1p1 root=/dev/mmcblk0p1' 'root=/dev/nvme0n1p1 root=PARTUUID=1-2' \
    'root=/dev/nvme0n1p12' 'nfsroot=/dev/nvme0n1p1' 'quiet'; do
    wrong root -D "cmdline=CMDLINE_ADD=\"$bad\"" || return 1
  done
  wrong root -D "cmdline=$(printf 'CMDLINE_ADD="root=/dev/nvme0n1p1"\nCMDLINE_ADD+=" root=/dev/sda1"')" || return 1
  wrong root -D 'cmdline=# CMDLINE_ADD="root=/dev/nvme0n1p1"' || return 1
  # a line that assigns anew drops what was said before; one that takes it along does not
  for bad in 'CMDLINE_ADD="quiet"' '	export CMDLINE_ADD=quiet' "CMDLINE_ADD='quiet'" 'CMDLINE_ADD="$OTHER ${MORE}"' 'CMDLINE_ADD='; do
    wrong root -D "cmdline=$(printf 'CMDLINE_ADD="root=/dev/nvme0n1p1"\n%s' "$bad")" || return 1
  done
  for bad in 'CMDLINE_ADD="${CMDLINE_ADD} quiet"' 'CMDLINE_ADD="$CMDLINE_ADD quiet"' 'CMDLINE_ADD+=" quiet"' 'CMDLINE_ADD="root=/dev/nvme0n1p1 quiet"'; do
    jkr audit board.lua --progress quiet -D "cmdline=$(printf 'CMDLINE_ADD="root=/dev/nvme0n1p1"\n%s' "$bad")" || return 1
  done
  jkr audit board.lua --progress quiet -D "cmdline=$(printf 'CMDLINE_ADD="root=/dev/sda1"\nCMDLINE_ADD="root=/dev/nvme0n1p1"')" || return 1
  run jkr audit board.lua --progress quiet -D "cmdline=$(printf '# root=/dev/sda1\nCMDLINE_ADD="nfsroot=x root=/dev/nvme0n1p1 rootwait"')"
  [ "$status" = 0 ]
  sed -i 's,storage = "nvme0n1p1",storage = "sda1",' board.lua && wrong root || return 1
}
