kernel_config >config
printf '0x12345678\t%s\tvmlinux\tEXPORT_SYMBOL\t\n' module_layout printk >Module.symvers
module hello '6.12.5 SMP mod_unload modversions ' 0x11111111 printk
