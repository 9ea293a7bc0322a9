tar_of driver.tar file:firmware/a.bin file:firmware
