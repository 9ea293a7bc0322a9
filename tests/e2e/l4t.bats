#!/usr/bin/env bats
# The constructors for Linux for Tegra on the look-alike's sources, without a kernel: this machine's compiler as the toolchain, and a
# folder in the place of a kernel. What needs a kernel is tests/boards.

load helper
load boards

# no_kernel: a project with the recipes, and a constructor of that name in the place of a kernel
no_kernel() {
  cp -r "$BATS_TEST_DIRNAME"/../../{recipes,plugins,stdlib} .
  touch jkr.yaml
  machine
  export JKR_DOWNLOADS=$PWD/downloads
  cp -r "$bsp"/vendor/zedx-driver downloads/
  mkdir -p kernel/include kernel/scripts devel/scripts/dtc
  echo all: | tee kernel/scripts/Makefile >kernel/include/Kbuild
  cp "$(type -P dtc)" devel/scripts/dtc/dtc
  cat >stdlib/no_kernel.lua <<'LUA'
define "no_kernel" {
  doc = "What the constructors take of a kernel, without one.",
  params = { toolchain = { "step", required = true, doc = "The compilers." } },
  outputs = { source = "a source", devel = "what modules are built against", toolchain = "the compilers", variables = "none",
              symvers = "none", mounts = "none" },
  build = function(p)
    local source = copy "source" { "//kernel" }
    return { source, source = source, devel = copy "devel" { "//devel" }, toolchain = p.toolchain,
             variables = { ARCH = "arm64" }, symvers = {}, mounts = {} }
  end,
}
LUA
}

# public: the look-alike's device trees as the zedx plugin leaves them, and the kernel's headers that they include
public() {
  local top=source/hardware/nvidia/t23x/nv-public
  mkdir source
  cp -r "$bsp"/source/{hardware,kernel-devicetree,Makefile} source/
  patch -s -p2 -d source <"$bsp"/vendor/zedx-driver/nvidia_kernel/kernel_patches/R36.4/0002-nv-public-sl-overlays.patch
  cp -r "$bsp"/vendor/zedx-driver/src/hardware/stereolabs/overlay/. "$bsp"/vendor/zedx-driver/src/hardware/stereolabs/Utils $top/
  sed -E -i 's,(dtbo-y \+= )\$\(makefile-path\)/([^/]*-sl-overlay),\1\2,' $top/Makefile
  dt_headers $top
}

@test "device trees and overlay by NVIDIA's makefile and by themselves, in a sandbox: one overlay by both routes" {
  no_kernel
  public
  cat >board.lua <<'LUA'
recipe "board" { version = "1", license = "GPL-2.0-only", summary = "device trees without a kernel" }
local camera = option.choice { "camera", { "mono", "duo" }, "as in orin-nx-rt.lua" }
local linux = no_kernel "linux" { toolchain = toolchain "machine" }
local dt = l4t_dtbs "dt" { copy "source" { "source" }, kernel = linux, defines = { BUILDOVERLAY = "" } }
local plain = l4t_dtbs "plain" { copy "source-again" { "source" }, kernel = linux }
local zedx = use "zedx.lua" { kernel = linux, oot = linux, dt = dt, camera = camera }
return { copy "registered" { dt.dtbs, into = "registered" }, copy "empty" { plain.dtbs, into = "plain" }, copy "direct" { zedx.overlay, into = "direct" } }
LUA
  local card overlay how
  for card in mono=max9296 duo=max96712; do
    overlay=tegra234-p3768-camera-zedlink-${card%=*}-sl-overlay.dtbo
    jkr run board.lua registered empty direct -D "camera=${card%=*}" -q -o out
    for how in registered plain direct; do dtc -q -s -I dtb -O dts "out/$how/$overlay" >$how.dts; done
    diff direct.dts registered.dts
    grep -q "stereolabs,${card#*=}" direct.dts
    no grep -q fragment@ plain.dts
  done
  # the base trees are what they are without the macro
  for tree in out/plain/*.dtb; do cmp "$tree" "out/registered/$(basename "$tree")"; done
  fdtget out/registered/tegra234-p3768-0000+p3767-0000-nv.dtb /bus@0/pcie@14100000 linux,pci-domain | grep -qx 1
}

@test "the display driver writes down the compiler's version, and not what its linker says; another probe is refused" {
  no_kernel
  cp -r "$bsp/source/nvdisplay" .
  mkdir -p kernel-headers/{include/config,arch,scripts} oot/include
  echo 5.15.148-tegra >kernel-headers/include/config/kernel.release
  touch kernel-headers/.config kernel-headers/System.map kernel-headers/Module.symvers symvers
  # a kernel that builds no module, and installs the header
  printf 'modules:\nmodules_install:\n\tmkdir -p $(INSTALL_MOD_PATH)/lib\n\tcp $(M)/nv_compiler.h $(INSTALL_MOD_PATH)/lib/\n' >kernel/Makefile
  cat >display.lua <<'LUA'
recipe "display" { version = "1", license = "GPL-2.0-only", summary = "the display driver without a kernel" }
return run_in_container "nvdisplay" {
  toolchain = toolchain "machine", script = "//stdlib/l4t/nvdisplay.sh", argv = { "", "rt" }, outputs = { lib = "lib" },
  mounts = { ["/jkr/kernel"] = copy "k" { "kernel" }, ["/jkr/headers"] = copy "h" { "kernel-headers" }, ["/jkr/nvdisplay"] = copy "d" { "nvdisplay" },
             ["/jkr/nvidia-oot"] = copy "o" { "oot" }, ["/jkr/symvers"] = copy "s" { "symvers" } / "symvers" },
}
LUA
  jkr run display.lua -q -o out
  [ "$(cat out/lib/nv_compiler.h)" = "#define NV_COMPILER \"$(gcc --version | head -n 1)\"" ]
  sed -i 's/tail -n 1/tail -n1/' nvdisplay/kernel-open/nvidia/nvidia.Kbuild
  run jkr run display.lua
  [ "$status" = 1 ]
  [[ $output == *"nvidia.Kbuild:"*"asks the compiler in a way that this does not know"* ]]
}

@test "the unchanged recipe from archives to the audited bundle, with a stand-in for the kernel" {
  shaped
  machine
  unbuilt
  board() { jkr run recipes/orin-nx-rt.lua --profile dummies -D toolchain=machine -q -o out "$@"; }
  # unpacked: what the last run delivered
  unpacked() {
    rm -rf l4t && mkdir l4t && tar --zstd -C l4t -xpf out/Linux_for_Tegra.tar.zst
    top=l4t/Linux_for_Tegra root=l4t/Linux_for_Tegra/rootfs
  }
  board
  unpacked
  cmp $top/kernel/Image $root/boot/Image
  for m in metis host1x sl_zedx; do [ "$(find $root/usr/lib/modules -name $m.ko | wc -l)" = 1 ]; done
  [ -s $root/boot/System.map ]
  [ -s $root/boot/System.map-5.15.148-rt-tegra ]
  [ "$(sed -n 's/^ *OVERLAYS //p' $root/boot/extlinux/extlinux.conf)" = /boot/tegra234-p3768-camera-zedlink-mono-sl-overlay.dtbo ]
  cmp $root/boot/tegra234-p3768-camera-zedlink-mono-sl-overlay.dtbo $top/kernel/dtb/tegra234-p3768-camera-zedlink-mono-sl-overlay.dtbo
  [ "$(grep -o 'root=[^ ]*' $root/boot/extlinux/extlinux.conf)" = root=/dev/nvme0n1p1 ]
  no grep -q 'cma=' $root/boot/extlinux/extlinux.conf
  [ "$(readlink $root/etc/systemd/system/packagekit.service)" = /dev/null ]
  grep -qx 'Pin-Priority: -1' $root/etc/apt/preferences.d/nvidia-kernel
  [ -z "$(find $root -name '*host_key*')" ]
  [ -s $root/etc/udev/rules.d/72-axelera.rules ]
  [ -s $root/usr/lib/aarch64-linux-gnu/nvidia/libnvisppg.so ]
  [ "$(stat -c %a $root/var/nvidia/nvcam/settings/zedx_ar0234.isp)" = 664 ]
  # what it was made of: beside the archive, in it and on the target; what was skipped is named
  cmp out/BUILD_MANIFEST.json $top/BUILD_MANIFEST.json
  cmp out/BUILD_MANIFEST.json $root/etc/jetson-av-build.json
  JETSON_AV_BUILD=$root/etc/jetson-av-build.json $root/usr/local/bin/jetson-av-version --json | cmp - out/BUILD_MANIFEST.json
  [ "$(json 'd["kernel_release"], d["headers_deb"], d["board"]' <out/BUILD_MANIFEST.json)" = \
    "('5.15.148-rt-tegra', 'linux-headers-5.15.148-rt-tegra_1_arm64.deb', 'tegra234-p3768-0000+p3767-0000-nv')" ]
  [ "$(json 'sorted(s["name"] for s in d["skipped"] if s["primitive"] == "fetch")' <out/BUILD_MANIFEST.json)" = \
    "['axelera:voyager-sdk', 'firmware', 'zedx:daemons', 'zedx:sdk']" ]
  for f in downloads/*.tbz2; do json "'$(sum "$(basename "$f")")' in [i['sha256'] for i in d['inputs']]" <out/BUILD_MANIFEST.json | grep -qx True; done
  jkr verify out
  (cd out && sha256sum -c --quiet batch-01.sha256)
  jkr audit recipes/orin-nx-rt.lua --profile dummies -D toolchain=machine
  jkr audit l4t/Linux_for_Tegra
  # one part by its name
  for part in linux oot dt modules headers bake; do
    jkr run recipes/orin-nx-rt.lua "$part" --profile dummies -D toolchain=machine -q -o "part-$part"
    [ -n "$(ls "part-$part")" ]
  done
}

@test "the same without a camera and RT; with the other camera by NVIDIA's makefile, an initrd and firmware" {
  shaped
  machine
  unbuilt
  board() { jkr run recipes/orin-nx-rt.lua --profile dummies -D toolchain=machine -q -o out "$@"; }
  list() { tar --zstd -tf out/Linux_for_Tegra.tar.zst; }
  board -D camera=none -D rt=false
  list >all
  no grep -qE 'sl_|sl-overlay|libnvisppg' all
  grep -q 'modules/5.15.148-preempt-tegra/updates/nvgpu.ko' all
  tar --zstd -xOf out/Linux_for_Tegra.tar.zst Linux_for_Tegra/rootfs/boot/extlinux/extlinux.conf >menu
  no grep -q OVERLAYS menu
  grep -q FDT menu
  mkdir -p downloads/firmware/iwlwifi && echo ucode >downloads/firmware/iwlwifi/iwlwifi-ty-a0-gf-a0-59.ucode
  board -D camera=duo -D route=registered -D initrd=true
  list >all
  grep -q 'rootfs/usr/lib/firmware/iwlwifi-ty-a0-gf-a0-59.ucode' all
  grep -q 'rootfs/boot/tegra234-p3768-camera-zedlink-duo-sl-overlay.dtbo' all
  tar --zstd -xOf out/Linux_for_Tegra.tar.zst Linux_for_Tegra/bootloader/initrd.txt | sort >initrd.txt
  diff initrd.txt <(printf '%s\n' 'host1x: replaced' 'nvme: built into this kernel, taken out')
}
