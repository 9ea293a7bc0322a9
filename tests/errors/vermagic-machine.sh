printf '%s\n' CONFIG_RISCV=y CONFIG_64BIT=y CONFIG_SMP=y CONFIG_MODULES=y CONFIG_MODULE_UNLOAD=y >config
module hello '6.12.5 SMP mod_unload riscv'
