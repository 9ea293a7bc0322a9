# packages.sh: what the look-alike BSP takes from Debian 12; sourced.
# shellcheck shell=bash disable=SC2034

# the root file system's (arm64): a shell, modules, ssh, and the libraries of these
rootfs_packages=(busybox-static kmod libkmod2 libzstd1 liblzma5 libssl3 libc6 libgcc-s1 zlib1g
  dropbear-bin libtomcrypt1 libtommath1 libgmp10 libcrypt1)

# the cross compiler's: itself, what it links for the target, the libraries that it runs with
toolchain_packages=(gcc-12-aarch64-linux-gnu cpp-12-aarch64-linux-gnu binutils-aarch64-linux-gnu
  libgcc-12-dev-arm64-cross libgcc-s1-arm64-cross libc6-dev-arm64-cross libc6-arm64-cross linux-libc-dev-arm64-cross
  libisl23 libmpc3 libmpfr6 libgmp10 libzstd1 zlib1g libjansson4)
