# run: vermagic . empty -q
# exit: 3
mkdir empty
module hello '6.12.5 SMP mod_unload modversions '
