# run: vermagic . -q
# exit: 3
exporter hello '6.12.5 SMP mod_unload modversions ' 0x12345678 hello_say
module user '6.12.5 SMP mod_unload modversions ' 0x11111111 hello_say
