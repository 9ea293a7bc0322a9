#!/usr/bin/env bash
# host.sh: a machine for `jkr verify --host`: Debian's arm64 kernel in QEMU with a few of its modules, busybox and dropbear.
#
# usage: host.sh CACHE WORK          makes WORK/root (boot/vmlinuz-*, lib/modules), WORK/initrd, WORK/key, WORK/release
#        host.sh --start WORK PORT   starts it and stays until it is off; ssh of root with WORK/key on 127.0.0.1:PORT
#
# Packages come through apt with its own settings below CACHE, so that the machine's apt is not changed.
set -euo pipefail

# with what they need; out of 3,700, for unpacking all takes minutes
modules='virtio* net_failover failover ext4 jbd2 mbcache crc16 crc32c* loop dummy tun'

if [ "$1" = --start ]; then
  image=$(echo "$2"/root/boot/vmlinuz-*)
  exec qemu-system-aarch64 -M virt -cpu cortex-a57 -smp 2 -m 768M -display none -monitor none -serial "file:$2/console" \
    -no-reboot -kernel "$image" -initrd "$2/initrd" -append "console=ttyAMA0 panic=-1 quiet" \
    -netdev "user,id=n,hostfwd=tcp:127.0.0.1:$3-:22" -device virtio-net-pci,netdev=n,romfile=
fi
cache=$1 work=$2

# fetch PACKAGE…: PACKAGE's newest arm64 .deb into $cache
fetch() {
  mkdir -p "$cache/lists/partial" "$cache/archives/partial"
  cat >"$cache/apt.conf" <<CONF
APT::Architecture "arm64";
APT::Architectures { "arm64"; };
APT::Sandbox::User "$(id -un)";
Dir::State::lists "$cache/lists";
Dir::State::status "/dev/null";
Dir::Cache "$cache";
CONF
  export APT_CONFIG=$cache/apt.conf
  apt-get -q update
  kernel=$(apt-cache depends linux-image-arm64 | sed -n 's/^  Depends: //p' | head -n 1)
  (cd "$cache" && apt-get -q download "$kernel" "$@")
}

[ -n "$(find "$cache" -maxdepth 1 -name 'linux-image-*.deb' 2>/dev/null)" ] ||
  fetch dropbear-bin busybox-static libc6 libcrypt1 libtomcrypt1 libtommath1 libgmp10 zlib1g

rm -rf "$work"
mkdir -p "$work/guest" "$work/root"
patterns=(./boot/vmlinuz-\* ./lib/modules/\*/modules.\*)
for name in $modules; do patterns+=("*/$name.ko"); done
for deb in "$cache"/*.deb; do
  case $deb in
  */linux-image-*) dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$work/root" --wildcards "${patterns[@]}" ;;
  *) dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$work/guest" --exclude './usr/share/*' ;;
  esac
done
release=$(basename "$work"/root/lib/modules/*)
echo "$release" >"$work/release"
depmod -b "$work/root" "$release"

ssh-keygen -q -t ed25519 -N '' -f "$work/key"
guest=$work/guest
mkdir -p "$guest"/{proc,sys,dev,bin,etc/dropbear,root/.ssh,tmp,run,usr/sbin}
cp -a "$work/root/." "$guest/"
cp "$work/key.pub" "$guest/root/.ssh/authorized_keys"
chmod 700 "$guest/root" "$guest/root/.ssh"
chmod 600 "$guest/root/.ssh/authorized_keys"
echo 'root:*:0:0:root:/root:/bin/sh' >"$guest/etc/passwd"
echo /bin/sh >"$guest/etc/shells"
cat >"$guest/init" <<'SH'
#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin:/usr/sbin:/usr/bin:/sbin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/pts && mount -t devpts pts /dev/pts
modprobe virtio_pci; modprobe virtio_net
ip link set lo up
ip addr add 10.0.2.15/24 dev eth0
ip link set eth0 up
dropbear -R -s -E
echo "guest: up"
while :; do sleep 60; done
SH
chmod 755 "$guest/init"
(cd "$guest" && find . -print0 | cpio --quiet -0 -o -H newc -R 0:0 | gzip -1 >"$work/initrd.tmp")
mv "$work/initrd.tmp" "$work/initrd"
