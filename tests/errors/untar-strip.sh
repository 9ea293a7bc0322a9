tar_of driver.tar file:driver-1.0/README
