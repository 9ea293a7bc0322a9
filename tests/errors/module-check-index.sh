top=root/lib/modules/6.12.5
mkdir -p $top/kernel
for m in hello world; do exporter $m '6.12.5 SMP ' 0x1 ${m}_say; done
mv hello.ko world.ko $top/kernel
PATH=$PATH:/usr/sbin depmod -b root 6.12.5 2>/dev/null
exporter late '6.12.5 SMP ' 0x1 late_say
mv late.ko $top/kernel
rm $top/kernel/world.ko
printf 'kernel/hello.ko:\nkernel/late.ko:\n' >$top/modules.dep
