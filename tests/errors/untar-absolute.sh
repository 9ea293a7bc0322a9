tar_of driver.tar file:README file:/etc/passwd
