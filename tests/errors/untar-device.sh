tar_of rootfs.tar device:dev/sda
