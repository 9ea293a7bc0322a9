# run: vermagic . kernel -q
# exit: 3
mkdir -p kernel/include/config
kernel_config >kernel/.config
echo 6.12.5 >kernel/include/config/kernel.release
printf '0x1234567%s\t%s_say\tdrivers/%s\tEXPORT_SYMBOL\t\n' 1 hello hello 2 world world 3 lost lost >kernel/Module.symvers
printf '0x12345670\tprintk\tvmlinux\tEXPORT_SYMBOL\t\n' >>kernel/Module.symvers
exporter hello '6.12.5 SMP mod_unload modversions ' 0x12345671 hello_say
exporter world '6.12.5 SMP mod_unload modversions ' 0x12345672 world_say
module user '6.12.5 SMP mod_unload modversions ' 0x12345673 lost_say
