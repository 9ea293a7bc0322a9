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

@test "kernel { images }: each is checked and laid out for /boot; without, the architecture's own is checked" {
  recipe() {
    cat >k.lua <<LUA
recipe "k" { version = "1" }
local src = write "src" { path = "Makefile", text = "x" }
local linux = kernel "linux" { src, toolchain = toolchain "debian-arm64", $1 }
return linux.$2
LUA
    jkr plan k.lua --format json | json '"\n".join(s["name"] for s in d["steps"])' | grep linux/ | grep -v 'base\|wanted\|config\|honoured' | tr '\n' ' '
  }
  [ "$(recipe 'images = { "Image.gz", "vmlinux" }' boot)" = 'linux/build linux/Image.gz linux/vmlinux linux/boot ' ]
  [ "$(recipe 'arch = "arm", images = "zImage", targets = "dtbs"' boot)" = 'linux/build linux/zImage linux/boot ' ]
  [ "$(recipe 'localversion = "-x"' Image)" = 'linux/build linux/Image ' ]
  [ -z "$(recipe '' config)" ] # who asks for the configuration alone compiles nothing
  [[ $(jkr plan k.lua) == *linux/honoured* ]]
  run recipe 'images = "Imagery"' boot
  [ -n "$output" ] && [[ $output == *Imagery* ]]
}

# make_target BITS: an x86 kernel's source and what its build left, objtool too
make_target() {
  mkdir -p kernel/{include,scripts/{basic,mod},arch/x86/include} headers/{include/config,scripts/basic,arch/x86/include,tools/objtool} out
  echo 6.12.1-x >headers/include/config/kernel.release
  echo 'int main(void) { return 0; }' | tee kernel/scripts/basic/fixdep.c kernel/scripts/mod/{modpost,file2alias,sumversion}.c >/dev/null
  : | tee kernel/scripts/mod/{file2alias,sumversion}.c >/dev/null
  touch kernel/Makefile kernel/scripts/Makefile headers/{Module.symvers,System.map} headers/arch/x86/include/a.h
  printf '%s\n' "$1" >headers/.config
  gcc -x c - -o headers/tools/objtool/objtool <<<'int main(void) { return 0; }'
  gcc -x c - -o headers/scripts/basic/fixdep <<<'int main(void) { return 1; }'
}

headers() { SOURCE_DATE_EPOCH=1 sh "$BATS_TEST_DIRNAME/../../stdlib/l4t/headers.sh" "$1" x86 2 "$PWD"; }

@test "kernel_headers: Debian's name of the architecture, and objtool, which each module of x86 asks for" {
  make_target CONFIG_64BIT=y
  headers ''
  deb=out/package/linux-headers-6.12.1-x_2_amd64.deb
  [ "$(dpkg-deb -f $deb Architecture)" = amd64 ]
  [ "$(dpkg-deb -f $deb Depends)" = 'libc6, libelf1' ]
  dpkg-deb -x $deb unpacked
  unpacked/usr/src/linux-headers-6.12.1-x/tools/objtool/objtool
  unpacked/usr/src/linux-headers-6.12.1-x/scripts/basic/fixdep # made anew: the build's own would say 1
  rm -rf out && echo >headers/.config
  headers ''
  [ -e out/package/linux-headers-6.12.1-x_2_i386.deb ]
  # a kernel that was built on a machine of another kind has an objtool of that kind
  rm -rf out && printf '\267' | dd of=headers/tools/objtool/objtool bs=1 seek=18 conv=notrunc status=none
  run headers ''
  [ "$status" != 0 ] && [[ $output == *'tools/objtool/objtool is not for the target'* ]]
  for pair in 'arm arm-linux-gnueabihf- armhf' 'arm arm-linux-gnueabi- armel' 'riscv riscv64-linux-gnu- riscv64' 'arm64 aarch64-linux-gnu- arm64'; do
    read -r arch prefix debian <<<"$pair"
    rm -rf out kernel headers bin && make_target '' && mv kernel/arch/x86 "kernel/arch/$arch" && mv headers/arch/x86 "headers/arch/$arch"
    rm -r headers/tools && mkdir bin && for p in gcc objdump; do ln -s "$(type -P $p)" "bin/$prefix$p"; done
    PATH=$PWD/bin:$PATH SOURCE_DATE_EPOCH=1 sh "$BATS_TEST_DIRNAME/../../stdlib/l4t/headers.sh" "$prefix" "$arch" 2 "$PWD"
    [ "$(dpkg-deb -f out/package/*_"$debian".deb Architecture)" = "$debian" ]
    [ "$(dpkg-deb -f out/package/*.deb Depends)" = libc6 ]
  done
}
