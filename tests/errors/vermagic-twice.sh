kernel_config >config
module hello '6.12.5 SMP mod_unload modversions '
mkdir -p modules/extra modules/updates
cp hello.ko modules/extra
cp hello.ko modules/updates
