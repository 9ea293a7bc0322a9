# bytes that are no UTF-8, a control of the second set, and one that turns the direction of writing
tar_of driver.tar "file:../caf$(printf '\351')-$(printf '\302\233')31m-$(printf '\342\200\256')gnp.exe"
