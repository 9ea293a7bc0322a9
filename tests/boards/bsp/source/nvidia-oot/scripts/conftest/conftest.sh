#!/bin/bash
# conftest.sh CC SOURCES OUTPUT: compiles one question after the other against the kernel's headers; the answers as macros.
cc=$1
sources=$2
output=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
include="-I$sources/arch/arm64/include -I$output/arch/arm64/include/generated -I$sources/include -I$output/include \
 -I$sources/arch/arm64/include/uapi -I$output/arch/arm64/include/generated/uapi -I$sources/include/uapi \
 -I$output/include/generated/uapi -include $sources/include/linux/compiler-version.h \
 -include $sources/include/linux/kconfig.h -include $sources/include/linux/compiler_types.h"

# ask NAME <code: defines NV_NAME when it compiles
ask() {
  cat >"$work/$1.c"
  # shellcheck disable=SC2086
  if "$cc" -nostdinc -D__KERNEL__ $include -std=gnu11 -mlittle-endian -fno-pic -w -c "$work/$1.c" -o "$work/$1.o" 2>"$work/$1.log"; then
    echo "#define NV_$1 1"
  else
    echo "#undef NV_$1"
  fi
}

echo "/* made by conftest.sh */"
ask I2C_DRIVER_STRUCT_HAS_PROBE_NEW <<C
#include <linux/i2c.h>
static int p(struct i2c_client *c) { return 0; }
struct i2c_driver d = { .probe_new = p };
C
ask CLASS_CREATE_HAS_NO_OWNER_ARG <<C
#include <linux/device.h>
struct class *c(void) { return class_create("x"); }
C
ask ANY_KERNEL_HEADER <<C
#include <linux/types.h>
u32 x;
C
