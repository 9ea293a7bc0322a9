seq 5000 >README
tar -cf - --mtime=@1 README | gzip -n >linux.tar.gz
printf X | dd of=linux.tar.gz bs=1 seek=4000 conv=notrunc
