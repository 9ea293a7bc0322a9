tar_of driver.tar
