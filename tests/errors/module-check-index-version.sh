top=root/lib/modules/6.12.5
mkdir -p $top/kernel
exporter hello '6.12.5 SMP ' 0x1 hello_say
mv hello.ko $top/kernel
echo kernel/hello.ko: >$top/modules.dep
printf '\260\007\364\127\0\3\0\0\0\0\0\14' >$top/modules.dep.bin
