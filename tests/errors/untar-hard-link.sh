tar_of driver.tar link:shadow=etc/shadow
