#!/usr/bin/env bats
# The constructors for Linux for Tegra on the look-alike's sources, without a kernel: this machine's compiler as the toolchain, and a
# folder in the place of a kernel. What needs a kernel is tests/boards.

load helper

bsp=$BATS_TEST_DIRNAME/../boards/bsp

# take PROGRAM…: files of this machine under their own paths below root/, with their libraries
take() {
  local f lib
  for f; do
    mkdir -p "root$(dirname "$f")" && cp -L "$f" "root$f"
    ldd "$f" 2>/dev/null | grep -o '/[^ ]*' | while read -r lib; do mkdir -p "root$(dirname "$lib")" && cp -Ln "$lib" "root$lib"; done
  done
}

# machine: a toolchain `machine` of this machine's gcc, dtc and make, and a constructor `no_kernel`
machine() {
  local p image=()
  for p in sh cat cp mkdir dirname find cmp rm sleep env true make setsid hostname echo uname cut sed nproc gcc cpp dtc tr grep; do
    image+=("/usr/bin/$(basename "$(type -P $p)")")
  done
  mkdir -p root/usr/{bin,lib,lib64} root/etc && ln -s usr/bin usr/lib usr/lib64 root/
  take "${image[@]}" "$(gcc -print-prog-name=cc1)"
  mkdir -p downloads toolchains
  tar -cf downloads/machine.tar -C root . && rm -r root
  export JKR_DOWNLOADS=$PWD/downloads
  printf '%s\n' 'name: machine' 'summary: this one' 'arch: arm64' 'image: { file: machine.tar }' >toolchains/machine.yaml
  cp -r "$BATS_TEST_DIRNAME"/../../{recipes,plugins,stdlib} .
  touch jkr.yaml
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
  local top=source/hardware/nvidia/t23x/nv-public h
  mkdir source
  cp -r "$bsp"/source/{hardware,kernel-devicetree,Makefile} source/
  patch -s -p2 -d source <"$bsp"/vendor/zedx-driver/nvidia_kernel/kernel_patches/R36.4/0002-nv-public-sl-overlays.patch
  cp -r "$bsp"/vendor/zedx-driver/src/hardware/stereolabs/overlay/. "$bsp"/vendor/zedx-driver/src/hardware/stereolabs/Utils $top/
  sed -E -i 's,(dtbo-y \+= )\$\(makefile-path\)/([^/]*-sl-overlay),\1\2,' $top/Makefile
  for h in clock/tegra234-clock.h gpio/gpio.h gpio/tegra234-gpio.h interrupt-controller/arm-gic.h interrupt-controller/irq.h reset/tegra234-reset.h; do
    mkdir -p "$top/include/kernel/dt-bindings/$(dirname $h)"
    cat >"$top/include/kernel/dt-bindings/$h" <<'H'
#ifndef ONCE
#define ONCE
#define GIC_SPI 0
#define GIC_PPI 1
#define IRQ_TYPE_LEVEL_HIGH 4
#define IRQ_TYPE_LEVEL_LOW 8
#define GPIO_ACTIVE_HIGH 0
#define TEGRA234_CLK_I2C3 50
#define TEGRA234_RESET_I2C3 30
#define TEGRA234_MAIN_GPIO(port, n) n
#endif
H
  done
}

@test "device trees and overlay by NVIDIA's makefile and by themselves, in a sandbox: one overlay by both routes" {
  machine
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
