tar_of driver.tar file:a file:b
