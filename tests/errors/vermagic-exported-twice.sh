# run: vermagic .
# exit: 3
exporter hello '6.12.5 SMP mod_unload modversions ' 0x12345678 hello_say
exporter world '6.12.5 SMP mod_unload modversions ' 0x12345678 hello_say
