kernel_config >config
printf '0x12345678\tdma_buf_map\tvmlinux\tEXPORT_SYMBOL_GPL\tDMA_BUF\n' >Module.symvers
module hello '6.12.5 SMP mod_unload modversions ' 0x12345678 dma_buf_map
