#!/bin/sh
# mark.sh NAME: the module /jkr/in/module/NAME.ko as the kernel's loader of live patches takes it, below lib/modules/RELEASE.
set -eu
name=$1
compiler=$(command -v gcc || command -v clang)
"$compiler" -O2 -o /tmp/klp /jkr/klp/*.c
cp "/jkr/in/module/$name.ko" "/tmp/$name.ko"
/tmp/klp mark "/tmp/$name.ko" /jkr/devel/Module.symvers
updates=lib/modules/$(cat /jkr/devel/include/config/kernel.release)/updates
mkdir -p "$updates"
cp "/tmp/$name.ko" "$updates/"
