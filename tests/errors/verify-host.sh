# run: verify bundle --host ssh://root@jetson.local
# exit: 3
mkdir -p bundle/lib/modules/6.1.0 bundle/boot bin
echo image >bundle/boot/Image
echo module >bundle/lib/modules/6.1.0/a.ko
cat >bin/ssh <<'SH'
#!/bin/sh
echo "release 6.1.0"
echo "banner Linux version 6.1.0"
echo "$(printf %064d 0)  /boot/Image"
echo "$(printf %064d 1)  /lib/modules/6.1.0/b.ko"
echo end
SH
chmod +x bin/ssh
PATH=$PWD/bin:$PATH
