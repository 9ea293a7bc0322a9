kernel_config >config
module hello '6.12.5 SMP mod_unload modversions '
echo none >ours.pem
