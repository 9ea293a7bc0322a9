# run: vermagic . -q
# exit: 3
module hello '6.12.5 SMP mod_unload modversions '
module world '6.12.5 SMP mod_unload modversions '
module other '6.12.5 SMP preempt mod_unload modversions '
