# run: vermagic modules.tar.gz -q
# exit: 1
module hello '6.12.5 SMP mod_unload modversions '
tar -czf whole.tar.gz hello.ko
head -c 300 whole.tar.gz >modules.tar.gz
