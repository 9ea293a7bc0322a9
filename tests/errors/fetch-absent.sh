# run: run fetch-absent.lua -q
# exit: 7
http_server
cat >fetch-absent.lua <<LUA
return fetch "driver" {
  "http://127.0.0.1:$port/driver.tar.gz",
  sha256 = "0123456789012345678901234567890123456789012345678901234567890123",
}
LUA
