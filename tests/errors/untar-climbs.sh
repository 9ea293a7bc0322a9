tar_of driver.tar file:../../etc/passwd
