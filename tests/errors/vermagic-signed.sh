kernel_config >config
key_of ours
key_of theirs
module hello '6.12.5 SMP mod_unload modversions '
module world '6.12.5 SMP mod_unload modversions '
module plain '6.12.5 SMP mod_unload modversions '
sign_module hello.ko theirs
sign_module world.ko ours
