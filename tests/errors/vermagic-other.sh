kernel_config >config
module hello '6.12.4 SMP mod_unload modversions '
module world '6.12.4 SMP mod_unload modversions '
