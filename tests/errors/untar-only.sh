tar_of driver.tar file:driver-1.0/README file:driver-1.0/firmware/a.bin
