# run: run fetch-max-size.lua -q
# exit: 1
head -c 9000 /dev/zero >driver.tar.gz
cat >fetch-max-size.lua <<LUA
return fetch "driver" {
  "file://$PWD/driver.tar.gz", max_size = "4K",
  sha256 = "0123456789012345678901234567890123456789012345678901234567890123",
}
LUA
