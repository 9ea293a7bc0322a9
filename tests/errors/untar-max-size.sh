head -c 10000 /dev/zero >zeros
tar -cf driver.tar zeros
