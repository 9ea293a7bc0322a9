head -c 100 /dev/zero >zImage
