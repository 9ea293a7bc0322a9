# run: vermagic . kernel -q
# exit: 3
mkdir -p kernel/include/config
kernel_config >kernel/.config
echo 6.12.5 >kernel/include/config/kernel.release
printf '0x12345678\tprintk\tvmlinux\tEXPORT_SYMBOL\t\n' >kernel/Module.symvers
module hello '6.12.5 SMP mod_unload modversions ' 0x11111111 printk
