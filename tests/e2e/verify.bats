#!/usr/bin/env bats
# verify and sign: a bundle against its list, its manifest, its signature, and a machine.

load helper

# make_bundle: out/ with a kernel image, two modules and batch-07.sha256
make_bundle() {
  mkdir -p in/boot in/lib/modules/6.1.0-test/kernel/drivers
  printf 'MZ\0\0Linux version 6.1.0-test (jkr@jkr) (gcc 12) # SMP Thu\n\0Linux version 6.1.0-test (jkr@jkr) (gcc 12) #1 SMP Thu\n\0rest' >in/boot/Image
  echo one >in/lib/modules/6.1.0-test/kernel/drivers/one.ko
  echo two >in/lib/modules/6.1.0-test/kernel/drivers/two.ko
  cat >b.lua <<'LUA'
recipe "b" { version = "1", license = "MIT", summary = "a bundle with its list" }
local all = bundle "all" { "in" }
local list = checksums "batch-07" { all, name = "batch-07.sha256" }
return { all, list, pack "p" { all, list, name = "b.tar.zst" } }
LUA
  jkr run -q b.lua -o out
  mkdir packed && mv out/b.tar.zst packed/ || return 1
}

one=lib/modules/6.1.0-test/kernel/drivers/one.ko

@test "a bundle as it was built is good, as a folder and as an archive" {
  make_bundle
  (cd out && sha256sum -c batch-07.sha256)
  jkr verify out | grep -q '3 things are as it should be'
  jkr verify packed/b.tar.zst | grep -q '3 things are as it should be'
  jkr verify out/batch-07.sha256 --root out
  [ "$(jkr verify out --format json | json 'd["good"], d["equal"], d["signature"]')" = "(True, 3, 'none')" ]
}

@test "what differs, is missing or not listed is named, with status 3" {
  make_bundle
  echo other >out/$one
  rm out/boot/Image
  echo new >out/extra
  run jkr verify out
  [ "$status" = 3 ]
  [[ $output == *'error[E1202]: 3 files of `out` are not as `batch-07.sha256` says'* ]]
  [[ $output =~ $one' '+differs && $output =~ 'boot/Image '+missing && $output =~ 'extra '+extra ]]
  # beside other files only those that are listed count
  run jkr verify out/batch-07.sha256 --root out
  [ "$status" = 3 ]
  [[ $output != *extra* ]]
  [ "$(jkr verify out --format json 2>/dev/null | json '[r["state"] for r in d["drift"]]')" = "['missing', 'differs', 'extra']" ]
}

@test "a changed archive is found without unpacking it" {
  make_bundle
  mkdir x && tar -xf packed/b.tar.zst -C x && echo bad >x/$one && tar -cf bad.tar -C x . || return 1
  run jkr verify bad.tar
  [ "$status" = 3 ]
  [[ $output == *"$one"* ]]
  head -c 300 packed/b.tar.zst >cut.tar.zst
  run jkr verify cut.tar.zst
  [ "$status" != 0 ]
}

@test "an archive that is damaged differs from its list, as any file does; without a list it cannot be read" {
  make_bundle
  (cd packed && sha256sum b.tar.zst >batch-08.sha256)
  jkr verify packed
  printf x | dd of=packed/b.tar.zst bs=1 seek=120 conv=notrunc status=none
  run jkr verify packed
  [ "$status" = 3 ]
  [[ $output == *'error[E1202]'* && $output =~ b.tar.zst' '+differs ]]
  rm packed/batch-08.sha256
  run jkr verify packed
  [ "$status" = 1 ]
  [[ $output == *'error[E0402]'* ]]
}

@test "a manifest that is damaged differs from its list, as any file does; without a list it cannot be read" {
  make_bundle
  echo '{ "outputs": [] }' >out/BUILD_MANIFEST.json
  (cd out && sha256sum BUILD_MANIFEST.json >>batch-07.sha256)
  jkr verify out
  echo x >>out/BUILD_MANIFEST.json
  run jkr verify out
  echo "$output"
  [ "$status" = 3 ]
  [[ $output == *'error[E1202]: 1 file of `out`'* && $output =~ BUILD_MANIFEST.json' '+differs && $output != *E0902* ]]
  rm out/batch-07.sha256
  run jkr verify out
  [ "$status" = 2 ]
  [[ $output == *'error[E0902]'* ]]
}

@test "a list that is signed is checked, and openssl agrees" {
  make_bundle
  openssl genpkey -algorithm ed25519 -out key.pem 2>/dev/null
  openssl pkey -in key.pem -pubout -out pub.pem
  chmod 600 key.pem
  run jkr verify out --pubkey pub.pem
  [ "$status" = 3 ] && [[ $output == *'E1203'*'is not signed'* ]] || return 1
  [ "$(jkr sign out/batch-07.sha256 key.pem)" = out/batch-07.sha256.sig ]
  openssl pkeyutl -verify -pubin -inkey pub.pem -rawin -in out/batch-07.sha256 -sigfile out/batch-07.sha256.sig
  jkr verify out --pubkey pub.pem | grep -q 'and signed'
  jkr verify out 2>&1 >/dev/null | grep -q 'signed, which was not checked'
  tar -cf signed.tar -C out .
  jkr verify signed.tar --pubkey pub.pem | grep -q 'and signed'
  jkr verify "$PWD/out/batch-07.sha256" --root "$PWD/out" --pubkey "$PWD/pub.pem"
  rm out/batch-07.sha256.sig && jkr sign "$PWD/out/batch-07.sha256" ../project/key.pem || return 1
  # who changes a file and the list as well is found by the signature
  echo other >out/$one
  (cd out && sha256sum boot/Image lib/modules/*/*/*/*.ko >batch-07.sha256)
  jkr verify out
  run jkr verify out --pubkey pub.pem
  [ "$status" = 3 ] && [[ $output == *'error[E1203]'*'was not made with the key'* ]] || return 1
  # nothing of the key went into the store
  no grep -rqF "$(sed -n 2p key.pem)" "$JKR_STORE"
}

@test "gpg's signatures are made and checked by its own keyring" {
  make_bundle
  export GNUPGHOME=$work/gnupg
  mkdir -m 700 "$GNUPGHOME"
  gpg --batch --quiet --passphrase '' --quick-generate-key a@b ed25519 2>/dev/null
  jkr sign out/batch-07.sha256 --gpg
  jkr verify out --gpg | grep -q 'and signed'
  echo >>out/batch-07.sha256.asc
  sed -i 's/Image$/image/' out/batch-07.sha256
  run jkr verify out --gpg
  [ "$status" = 3 ] && [[ $output == *E1203* ]] || return 1
  gpgconf --kill all
}

@test "a manifest's outputs are compared, wherever a bundle puts them" {
  make_bundle
  rm out/batch-07.sha256
  printf '{"outputs": [{"path": "Image", "sha256": "%s"}]}' "$(sha256sum <out/boot/Image | cut -d' ' -f1)" >out/BUILD_MANIFEST.json
  jkr verify out
  echo x >>out/boot/Image
  run jkr verify out
  [ "$status" = 3 ] && [[ $output == *'boot/Image'*'differs'* ]] || return 1
  tar -C out -cf rootfs.tar boot && mkdir nested && mv rootfs.tar out/BUILD_MANIFEST.json nested || return 1
  sed -i "s/\"[0-9a-f]\{64\}\"/\"$(sha256sum <out/boot/Image | cut -d' ' -f1)\"/" nested/BUILD_MANIFEST.json
  jkr verify nested
}

# host_stub: an ssh that asks a folder for the machine, as tests/boards asks a real one
host_stub() {
  mkdir bin host
  cp -r in/boot in/lib host/
  cat >bin/uname <<'SH'
#!/bin/sh
echo "${RELEASE:-6.1.0-test}"
SH
  cat >bin/ssh <<SH
#!/bin/sh
printf '%s\n' "\$@" >$PWD/asked
[ -z "\${DOWN:-}" ] || exit 255
sed -E "s,/proc/version,$PWD/host/version,; s,([ \"])(/boot|/lib/modules|/etc),\1$PWD/host\2,g" | sh -s | sed "s,$PWD/host,,"
SH
  chmod +x bin/*
  echo 'Linux version 6.1.0-test (jkr@jkr) (gcc 12) #1 SMP Thu' >host/version
  PATH=$PWD/bin:$PATH
}

@test "a machine is compared by release, image, banner and every module" {
  make_bundle
  host_stub
  jkr verify out --host ssh://root@jetson.local:2222 | grep -q 'here and on ssh://root@jetson.local:2222'
  grep -qx -- -p asked && grep -qx 2222 asked && grep -qx root@jetson.local asked && grep -qx BatchMode=yes asked || return 1
  jkr verify packed/b.tar.zst --host ssh://jetson
  echo other >host/$one
  echo x >>host/boot/Image
  echo stock >host/lib/modules/6.1.0-test/kernel/nvgpu.ko
  rm host/lib/modules/6.1.0-test/kernel/drivers/two.ko
  run jkr verify out --host ssh://root@jetson.local
  [ "$status" = 3 ]
  [[ $output == *'error[E1204]: 4 files of `ssh://root@jetson.local` are not the bundle'* ]]
  [[ $output =~ /$one' '+differs && $output =~ /boot/Image' '+differs && $output =~ two.ko' '+missing && $output =~ nvgpu.ko' '+extra ]]
}

@test "another running kernel is found, though the files are right" {
  make_bundle
  host_stub
  echo 'Linux version 6.1.0-test (jkr@jkr) (gcc 12) #1 SMP Wed' >host/version
  run jkr verify out --host ssh://jetson
  [ "$status" = 3 ] && [[ $output == *'/proc/version'* ]] || return 1
  # also beside what the list finds
  echo x >out/new
  run jkr verify out --host ssh://jetson
  [ "$status" = 3 ] && [[ $output == *E1202*E1204* ]] || return 1
  rm out/new
  RELEASE=5.10.0 run jkr verify out --host ssh://jetson
  [ "$status" = 3 ] && [[ $output == *'uname -r'*'runs `5.10.0`, and the bundle is for `6.1.0-test`'* ]] || return 1
}

@test "a machine that does not answer is status 7, and an address is no option" {
  make_bundle
  host_stub
  DOWN=1 run jkr verify out --host ssh://jetson
  [ "$status" = 7 ] && [[ $output == *'error[E1206]'* ]] || return 1
  for bad in ssh://-oProxyCommand=x ssh://a@-b http://x 'ssh://a b' 'ssh://a;b' ssh://a:x ssh://; do
    run jkr verify out --host "$bad"
    [ "$status" = 2 ] && [[ $output == *E1003* ]] || return 1
  done
}
