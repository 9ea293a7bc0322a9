kernel_config >config
printf '0x12345678\tprintk\tvmlinux\tEXPORT_SYMBOL_GPL\t\n' >Module.symvers
license=Proprietary module hello '6.12.5 SMP mod_unload modversions ' 0x12345678 printk
