# 55: a signing key that the build generates
#
# MODULE_SIG=y, and no key named: the kernel's makefile draws one in each clean tree, puts the certificate into the image and the signature behind each
# module. Here openssl and the kernel's own sign-file do the same to one module.

prepare() { cp "$LINUX"/scripts/{sign-file.c,ssl-common.h} src; }

plain() {
  make -s -C src && cp src/driver.ko first.ko
  make -s -C src clean
  make -s -C src
  shows 'make: exit 0 twice; another key, so every module and the image differ' no cmp -s first.ko src/driver.ko
}

ours() {
  lints recipe.lua 'MODULE_SIG = y' 'a key that the build generates'
  lints src/Makefile 'openssl req' 'a key that the build generates'
  perl -0pi -e 's/local linux = kernel.*?\n}\n//s; s/linux.config, //' recipe.lua # only its lines were of interest
  differs 'make_in_container "driver"' '`driver.ko`: ' 'its signature is another' '(a key that the build generates)'
  openssl req -new -nodes -x509 -batch -subj /CN=board -out key.pem -keyout key.pem 2>openssl.log
  mend recipe.lua 'copy { "src" },' 'copy { "src" }, copy { "key.pem", as = "signing_key.pem" },'
  perl -0pi -e 's/\nsigning_key.pem:\n.*\n//' src/Makefile
  clean
  equal 'with a key that is given two builds are equal'
}
