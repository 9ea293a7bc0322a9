tar_of driver.tar symlink:out=/etc file:out/passwd
