#!/usr/bin/env bats
# kernel_devel: the tree that modules are built against away from jkr. Here over a made-up kernel, whose make is a few
# lines; what a real one does with it is asked where a kernel is built.

load helper

make_kernel() {
  mkdir -p kernel/{include/linux,scripts/mod,arch/arm64/include/asm,arch/arm64/kernel,drivers} devel/{include/{generated,config},scripts/{basic,mod},arch/arm64/include/generated}
  printf 'modules:\n\t@echo "$(ARCH) $(M) $$(cat include/config/kernel.release)"\n' >kernel/Makefile
  echo x | tee kernel/Kbuild kernel/include/linux/a.h kernel/scripts/Makefile.build kernel/scripts/mod/Makefile kernel/arch/arm64/Makefile \
    kernel/arch/arm64/include/asm/b.h kernel/arch/arm64/kernel/c.c kernel/drivers/d.c >/dev/null
  echo 6.12.1-x >devel/include/config/kernel.release
  echo y | tee devel/include/config/auto.conf devel/include/generated/autoconf.h devel/arch/arm64/include/generated/e.h devel/.config \
    devel/Module.symvers devel/System.map >/dev/null
  echo 'include /jkr/src/Makefile' >devel/Makefile
  cp "$(type -P true)" devel/scripts/basic/fixdep && cp "$(type -P true)" devel/scripts/mod/modpost
}

tree() { sh "$BATS_TEST_DIRNAME/../../stdlib/devel/tree.sh" arm64 "$PWD"; }

@test "kernel_devel: one folder with what the source and the build have, and links that lead there" {
  make_kernel
  tree
  cd out/tree
  [ "$(readlink lib/modules/6.12.1-x/build)" = ../../../usr/src/linux-headers-6.12.1-x ]
  [ "$(readlink lib/modules/6.12.1-x/source)" = ../../../usr/src/linux-headers-6.12.1-x ]
  [ "$(make -s -C lib/modules/6.12.1-x/build ARCH=arm64 M=/x modules)" = 'arm64 /x 6.12.1-x' ]
  [ "$(cd usr/src/* && find . -type f | sort | tr '\n' ' ')" = "./.config ./Kbuild ./Makefile ./Module.symvers ./System.map ./arch/arm64/Makefile \
./arch/arm64/include/asm/b.h ./arch/arm64/include/generated/e.h ./include/config/auto.conf ./include/config/kernel.release ./include/generated/autoconf.h \
./include/linux/a.h ./scripts/Makefile.build ./scripts/basic/fixdep ./scripts/mod/Makefile ./scripts/mod/modpost " ]
}

@test "kernel_devel: what a build of modules cannot do without is there, or the step fails" {
  make_kernel
  rm devel/scripts/mod/modpost
  run tree
  [ "$status" = 1 ] && [[ $output == *'scripts/mod/modpost was not built'* ]]
  rm -rf out && make_kernel && rm devel/include/generated/autoconf.h
  run tree
  [ "$status" = 1 ] && [[ $output == *'the kernel left no include/generated/autoconf.h'* ]]
}

@test "kernel { images }: each is checked and laid out for /boot; without, there is nothing of that" {
  recipe() {
    cat >k.lua <<LUA
recipe "k" { version = "1" }
local src = write "src" { path = "Makefile", text = "x" }
local linux = kernel "linux" { src, toolchain = toolchain "debian-arm64", $1 }
return linux.$2
LUA
    jkr ls steps k.lua | sed -E 's/ .*//' | grep linux/ | grep -v 'base\|wanted\|config\|honoured' | tr '\n' ' '
  }
  [ "$(recipe 'images = { "Image.gz", "vmlinux" }' boot)" = 'linux/build linux/Image.gz linux/vmlinux linux/boot ' ]
  [ "$(recipe 'arch = "arm", images = "zImage", targets = "dtbs"' boot)" = 'linux/build linux/zImage linux/boot ' ]
  [ "$(recipe 'localversion = "-x"' Image)" = 'linux/build ' ]
  run recipe 'images = "Imagery"' boot
  [ -n "$output" ] && [[ $output == *Imagery* ]]
}
