# run: audit Linux_for_Tegra -q
# exit: 3
mkdir -p Linux_for_Tegra/{kernel,bootloader,nv_tegra} Linux_for_Tegra/rootfs/{boot/extlinux,etc/ssh,lib/modules/5.15.148-rt-tegra}
cd Linux_for_Tegra || exit
printf 'MZ\0\0Linux version 5.15.148-rt-tegra (a@b) #1 SMP PREEMPT_RT\n' >kernel/Image
printf 'MZ\0\0Linux version 5.15.148-tegra (a@b) #1 SMP PREEMPT\n' >rootfs/boot/Image
printf 'BSP_BRANCH=36\nBSP_MAJOR=4\nBSP_MINOR=3\n' >nv_tegra/bsp_version
echo '# R36 (release), REVISION: 4.4, GCID: 0' >rootfs/etc/nv_tegra_release
echo 'LABEL primary' >bootloader/extlinux.conf
printf 'LABEL primary\n  LINUX /boot/Image\n  APPEND root=/dev/sda1\n' >rootfs/boot/extlinux/extlinux.conf
for m in a b; do license=GPL module "$m" "5.15.148-rt-tegra SMP $m" && mv "$m.ko" rootfs/lib/modules/5.15.148-rt-tegra/; done
echo key >rootfs/etc/ssh/ssh_host_rsa_key
cd ..
