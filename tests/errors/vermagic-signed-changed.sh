kernel_config >config
key_of ours
module hello '6.12.5 SMP mod_unload modversions '
sign_module hello.ko ours
printf X | dd of=hello.ko bs=1 seek=70 conv=notrunc status=none
