# run: run fetch-hash.lua -q
# exit: 1
echo 'another file' >driver.tar.gz
cat >fetch-hash.lua <<LUA
return fetch "driver" {
  "file://$PWD/driver.tar.gz",
  sha256 = "0123456789012345678901234567890123456789012345678901234567890123",
}
LUA
