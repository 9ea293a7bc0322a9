#!/usr/bin/env bash
# guest.sh: a root file system with its kernel started in QEMU, with ssh on a port of this machine.
#
# usage: guest.sh ROOTFS IMAGE DISK KEY.pub PORT LOG       stays until the machine is off; its process id is the guest's
#
# ROOTFS is a folder (or its tar). DISK is written: an ext4 image of it, with KEY.pub for root and devices that the kernel makes.
set -euo pipefail

rootfs=$1 image=$2 disk=$3 key=$4 port=$5 log=$6
work=$(mktemp -d)
cp -a "$rootfs/." "$work/"
install -D -m 600 "$key" "$work/root/.ssh/authorized_keys"
chmod 700 "$work/root" "$work/root/.ssh"
rm -f "$disk"
# what an ordinary user unpacked is root's there, or dropbear takes no key
as_root=()
[ "$(id -u)" = 0 ] || as_root=(unshare --map-root-user)
"${as_root[@]}" mke2fs -q -t ext4 -E root_owner=0:0 -d "$work" "$disk" 512M
rm -rf "$work"
exec qemu-system-aarch64 -M virt -cpu cortex-a57 -smp 2 -m 512M -display none -monitor none -serial "file:$log" -no-reboot \
  -kernel "$image" -append "console=ttyAMA0 root=/dev/vda rw panic=-1" -drive "file=$disk,format=raw,if=virtio" \
  -device edu -netdev "user,id=n,hostfwd=tcp:127.0.0.1:$port-:22" -device virtio-net-pci,netdev=n,romfile=
