{ kernel_config; echo CONFIG_MODULE_SIG_FORCE=y; } >config
module hello '6.12.5 SMP mod_unload modversions '
