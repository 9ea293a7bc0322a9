# boards.bash: what tests of the boards' recipes stage: stand-ins of NVIDIA's archives and of vendor trees, and this machine as a toolchain.
# shellcheck shell=bash

bsp=$BATS_TEST_DIRNAME/../boards/bsp

# staged: a project with the repository's recipes, and files under the names of its inputs; their hashes in a profile
staged() {
  local d
  for d in recipes plugins toolchains stdlib profiles; do cp -a "$BATS_TEST_DIRNAME/../../$d" .; done
  touch jkr.yaml
  mkdir -p downloads profiles
  export JKR_DOWNLOADS=$PWD/downloads
  echo bsp >downloads/JETSON_Linux_R36.4.3_aarch64.tbz2
  echo rootfs >downloads/Tegra_Linux_Sample-Root-Filesystem_R36.4.3_aarch64.tbz2
  echo sources >downloads/public_sources.tbz2
  echo gcc >downloads/aarch64--glibc--stable-2022.08-1.tar.bz2
  cp -r "$bsp"/vendor/axelera-driver downloads/
  cp -r "$bsp"/vendor/zedx-driver downloads/ZEDX-driver
  # the generator compiles it
  mkdir -p downloads/ZEDX-driver/nvidia_364_fix/R36.4.3
  echo library >downloads/ZEDX-driver/nvidia_364_fix/R36.4.3/libnvisppg.so
  # nothing here asks Debian's archives, which takes long
  mkdir bin
  printf '#!/bin/sh\nexit 100\n' >bin/apt-get
  chmod +x bin/apt-get
  PATH=$PWD/bin:$PATH
  profiles
}
# profiles: the hashes of what is staged: `dummies` for a board, `sources` for a driver alone
profiles() {
  cat >profiles/sources.yaml <<YAML
pins:
  sources:
    sha256: $(sum public_sources.tbz2)
YAML
  cp profiles/sources.yaml profiles/dummies.yaml
  cat >>profiles/dummies.yaml <<YAML
  bsp:
    sha256: $(sum JETSON_Linux_R36.4.3_aarch64.tbz2)
YAML
}
sum() { sha256sum "downloads/$1" | cut -d ' ' -f 1; }

# dt_headers FOLDER: what the look-alike's device trees below it include of the kernel's headers
dt_headers() {
  local h
  for h in clock/tegra234-clock.h gpio/gpio.h gpio/tegra234-gpio.h interrupt-controller/arm-gic.h interrupt-controller/irq.h reset/tegra234-reset.h; do
    mkdir -p "$1/include/kernel/dt-bindings/$(dirname $h)"
    cat >"$1/include/kernel/dt-bindings/$h" <<'H'
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

# stock_initrd: the look-alike's, with the stock kernel's nvme and host1x
stock_initrd() {
  # shellcheck disable=SC2034 # make_initrd reads it
  local work=$PWD/initrd-work epoch=1736300977 m=stock/lib/modules/5.15.148-tegra
  mkdir -p $m/{kernel/drivers/nvme/host,updates/drivers/gpu/host1x} "$work"
  echo stock | tee $m/kernel/drivers/nvme/host/nvme.ko >$m/updates/drivers/gpu/host1x/host1x.ko
  eval "$(sed -n '/^make_initrd() {/,/^}/p' "$bsp/make.sh")"
  make_initrd "$PWD/$m" 5.15.148-tegra
}

# shaped: beside what is staged, real archives in the shape of R36.4.3's, as small as the edits allow
shaped() {
  local src=$PWD/shape/source k
  staged
  k=$src/kernel/kernel-jammy-src
  mkdir -p "$k"/drivers/{pci/controller/dwc,misc,media} "$k"/{include,scripts} shape/Linux_for_Tegra/source shape/rootfs/{etc,boot,usr/lib}
  echo all: | tee "$k/scripts/Makefile" >"$k/include/Kbuild"
  echo 'mainmenu "Linux"' >"$k/Kconfig"
  cp -r "$bsp"/source/{hwpm,nvidia-oot,nvethernetrm,nvgpu,nvdisplay,kernel-devicetree,hardware,Makefile} "$src/"
  printf '#define LINK_WAIT_MAX_RETRIES\t10\n' >"$k/drivers/pci/controller/dwc/pcie-designware.h"
  printf 'menu "Misc"\n\nendmenu\n' >"$k/drivers/misc/Kconfig"
  # shellcheck disable=SC2016 # make's
  printf 'obj-$(CONFIG_IBM_ASM)\t\t+= ibmasm/\n' >"$k/drivers/misc/Makefile"
  printf 'source "drivers/media/i2c/Kconfig"\n' >"$k/drivers/media/Kconfig"
  dt_headers "$src/hardware/nvidia/t23x/nv-public"
  tar -C "$src" -I lbzip2 -cf shape/Linux_for_Tegra/source/kernel_src.tbz2 kernel
  tar -C "$src" -I lbzip2 -cf shape/Linux_for_Tegra/source/kernel_oot_modules_src.tbz2 Makefile hardware hwpm kernel-devicetree nvethernetrm nvgpu nvidia-oot
  tar -C "$src" -I lbzip2 -cf shape/Linux_for_Tegra/source/nvidia_kernel_display_driver_source.tbz2 nvdisplay
  tar -C shape -I lbzip2 -cf downloads/public_sources.tbz2 Linux_for_Tegra
  rm -r shape/Linux_for_Tegra && cp -r "$bsp/Linux_for_Tegra" shape/
  stock_initrd >shape/Linux_for_Tegra/bootloader/l4t_initrd.img
  tar -C shape -I lbzip2 -cf downloads/JETSON_Linux_R36.4.3_aarch64.tbz2 Linux_for_Tegra
  echo board >shape/rootfs/etc/hostname
  ln -s usr/lib shape/rootfs/lib
  tar -C shape/rootfs -I lbzip2 -cf downloads/Tegra_Linux_Sample-Root-Filesystem_R36.4.3_aarch64.tbz2 .
  profiles
}

# take PROGRAM…: files of this machine under their own paths below root/, with their libraries
take() {
  local f lib
  for f; do
    mkdir -p "root$(dirname "$f")" && cp -L "$f" "root$f"
    ldd "$f" 2>/dev/null | grep -o '/[^ ]*' | while read -r lib; do mkdir -p "root$(dirname "$lib")" && cp -Ln "$lib" "root$lib"; done
  done
}

# machine: a toolchain `machine` of this machine's gcc, dtc, kmod and small programs, in downloads/
machine() {
  local p image=()
  for p in sh cat cp mkdir dirname find cmp rm sleep env true make setsid hostname echo uname cut sed nproc gcc cpp aarch64-linux-gnu-as dtc tr grep \
    sort uniq head od gzip cpio touch ln readlink chmod; do
    image+=("/usr/bin/$(basename "$(type -P $p)")")
  done
  mkdir -p root/usr/{bin,sbin,lib,lib64} root/etc && ln -s usr/bin usr/sbin usr/lib usr/lib64 root/
  take "${image[@]}" "$(gcc -print-prog-name=cc1)" "/usr/sbin/$(basename "$(type -P depmod)")"
  mkdir -p downloads toolchains
  tar -cf downloads/machine.tar -C root . && rm -r root
  printf '%s\n' 'name: machine' 'summary: this one' 'arch: arm64' 'image: { file: machine.tar }' >toolchains/machine.yaml
}

# unbuilt: the constructors that need hours and a compiler for arm64, replaced by ones that write what those give, in small
unbuilt() {
  mkdir -p devel/scripts/dtc && cp "$(type -P dtc)" devel/scripts/dtc/dtc
  cat >stdlib/ko.lua <<'LUA'
define "ko" {
  doc = "Modules with nothing in them, for a release.",
  params = { names = { "string", list = true, operand = true, doc = "Their places below lib/modules/RELEASE." },
             release = { "string", doc = "The release." }, vermagic = { "string", doc = "Of each." }, toolchain = { "step", doc = "A gcc." } },
  outputs = {},
  build = function(p)
    return { run_in_container "" { "sh", "-c", [[r=$1 v=$2; shift 2
for at; do
  mkdir -p "lib/modules/$r/$(dirname "$at")"
  name=${at##*/}
  printf '.section .modinfo,"a"\n.asciz "name=%s"\n.asciz "license=GPL"\n.asciz "vermagic=%s"\n' "${name%.ko}" "$v" |
    aarch64-linux-gnu-as -o "lib/modules/$r/$at" -
done]], "sh", p.release, p.vermagic, p.names, toolchain = p.toolchain } }
  end,
}
LUA
  cat >stdlib/kernel.lua <<'LUA'
define "kernel" {
  doc = "What a kernel would give, without one.",
  params = { source = { "source", operand = true, doc = "Its source." }, toolchain = { "step", doc = "A gcc." },
             localversion = { "string", doc = "What follows the version." }, config = { "symbols", doc = "Asked for." } },
  outputs = { Image = "", modules = "", devel = "", config = "", source = "", toolchain = "", variables = "", release = "", vermagic = "" },
  build = function(p)
    local release, rt = "5.15.148" .. p.localversion, p.localversion:find "rt" ~= nil
    local vermagic = release .. " SMP " .. (rt and "preempt_rt" or "preempt") .. " mod_unload aarch64"
    local symbols = "CONFIG_ARM64=y\nCONFIG_SMP=y\nCONFIG_MODULES=y\nCONFIG_MODULE_UNLOAD=y\nCONFIG_LOCALVERSION=\"" .. p.localversion .. "\"\n"
      .. (rt and "CONFIG_PREEMPT_RT=y\n" or "CONFIG_PREEMPT=y\n")
    local config = kconfig_append "wanted" { ".config", on = write "base" { path = ".config", text = symbols }, symbols = p.config }
    local image = write "image" { path = "Image", text = "MZ\nLinux version " .. release .. " (jkr@jkr) #1 SMP " .. (rt and "PREEMPT_RT" or "PREEMPT") .. " Thu\n" }
    local devel = tree "devel" {
      copy { "//devel" }, write { path = ".config", text = symbols }, write { path = "System.map", text = "0 T _text\n" },
      write { path = "Module.symvers", text = "0x00000000\t_printk\tvmlinux\tEXPORT_SYMBOL\t\n" }, write { path = "include/config/kernel.release", text = release .. "\n" },
    }
    local top = "lib/modules/" .. release .. "/"
    local modules = tree "modules" {
      ko "built" { "kernel/drivers/gpu/drm/drm.ko", release = release, vermagic = vermagic, toolchain = p.toolchain },
      write { path = top .. "modules.builtin", text = "kernel/drivers/nvme/host/nvme.ko\n" },
      write { path = top .. "modules.order", text = "kernel/drivers/gpu/drm/drm.ko\n" },
    }
    return { tree "there" { image, copy { devel, into = "devel" } }, Image = image / "Image", modules = modules, devel = devel, config = config / ".config", source = p.source,
             toolchain = p.toolchain, variables = { ARCH = "arm64" }, release = release, vermagic = vermagic }
  end,
}
LUA
  cat >stdlib/modules.lua <<'LUA'
define "modules" {
  doc = "Modules of a vendor, without a kernel.",
  params = { source = { "source", operand = true, doc = "Their source." }, kernel = { "step", doc = "The kernel." },
             symvers = { "source", list = true, doc = "Not read." }, mounts = { "mounts", doc = "Not read." },
             install = { "path", default = "updates", doc = "Where to." }, variables = { "map", doc = "Not read." } },
  outputs = {},
  build = function(p)
    local at = p.install == "kernel" and { "kernel/drivers/stereolabs/sl_zedx.ko", "kernel/drivers/stereolabs/sl_deser.ko" } or { "updates/metis.ko" }
    return { ko "" { at, release = p.kernel.release, vermagic = p.kernel.vermagic, toolchain = p.kernel.toolchain } }
  end,
}
LUA
  cat >stdlib/l4t_modules.lua <<'LUA'
define "l4t_modules" {
  doc = "NVIDIA's modules, without a kernel.",
  params = { source = { "source", operand = true, doc = "Their source." }, kernel = { "step", doc = "The kernel." }, rt = { "bool", doc = "Not read." } },
  outputs = { symvers = "", mounts = "", variables = "" },
  build = function(p)
    local all = { "updates/host1x.ko", "updates/nvgpu.ko", "updates/nvidia.ko" }
    return { ko "" { all, release = p.kernel.release, vermagic = p.kernel.vermagic, toolchain = p.kernel.toolchain },
             symvers = {}, mounts = {}, variables = {} }
  end,
}
LUA
  cat >stdlib/kernel_headers.lua <<'LUA'
define "kernel_headers" {
  doc = "Headers, without a kernel.",
  params = { kernel = { "step", operand = true, doc = "The kernel." } },
  outputs = { tree = "", package = "" },
  build = function(p)
    local r = p.kernel.release
    return { write "tree" { path = "usr/src/linux-headers-" .. r .. "/Makefile", text = "all:\n" },
             tree = write "there" { path = "usr/src/linux-headers-" .. r .. "/Makefile", text = "all:\n" },
             package = write "package" { path = "linux-headers-" .. r .. "_1_arm64.deb", text = "!<arch>\ndebian-binary" } }
  end,
}
LUA
}
