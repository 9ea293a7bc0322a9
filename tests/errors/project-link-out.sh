ln -s /etc/passwd firmware.bin
