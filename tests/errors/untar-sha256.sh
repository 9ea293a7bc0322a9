tar_of driver.tar file:README
