module hello '6.12.5 SMP preempt mod_unload modversions '
: >config
