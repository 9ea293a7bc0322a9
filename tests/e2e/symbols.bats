#!/usr/bin/env bats
# symbols: which symbols of which modules do not fit, beside what `depmod -e -E` of kmod finds in the same folder. $JKR_TEST_SYMBOLS is
# a folder with lib/modules/RELEASE of real modules and headers/ (.config, Module.symvers) of their kernel, which are then
# damaged as well.

load helper

setup() {
  cd "$BATS_TEST_TMPDIR" || return
  PATH=$PATH:/usr/sbin
}

# make_modules SEED: lib/modules/6.12.5 with 30 modules that use each other and vmlinux, some of them wrongly; headers/
make_modules() {
  python3 - "$1" <<'PY'
import os, random, subprocess, sys
rng = random.Random(sys.argv[1])
top = "lib/modules/6.12.5/kernel"
os.makedirs(top), os.makedirs("headers/include/config")
core = {"core_%d" % i: rng.getrandbits(32) for i in range(20)}
core["module_layout"] = 7
with open("headers/Module.symvers", "w") as f:
    for name, crc in core.items():
        f.write("0x%08x\t%s\tvmlinux\tEXPORT_SYMBOL\t\n" % (crc, name))
open("headers/.config", "w").write("".join("CONFIG_%s=y\n" % s for s in "X86 X86_64 64BIT SMP MODULES MODULE_UNLOAD MODVERSIONS".split()))
open("headers/include/config/kernel.release", "w").write("6.12.5\n")
known, processes = dict(core), []
for i in range(30):
    name = "mod_%d" % i
    exports = {"%s_%s" % (name, x): rng.getrandbits(32) for x in "abc"} if rng.random() < 0.6 else {}
    uses = {s: known[s] for s in rng.sample(sorted(known), rng.randint(1, min(12, len(known))))}
    wrong = {s: c ^ 1 if rng.random() < 0.05 else c for s, c in uses.items()}
    gone = ["gone_%d" % rng.randint(0, 9)] if rng.random() < 0.2 else []
    text = '.section .modinfo,"a"\n.asciz "name=%s"\n.asciz "license=GPL"\n.asciz "vermagic=6.12.5 SMP mod_unload modversions "\n' % name
    text += '.section __versions,"a"\n' + "".join('.quad %d\n1: .asciz "%s"\n.fill 56 - (. - 1b)\n' % (c, s) for s, c in wrong.items())
    for s, c in exports.items():
        text += '.section __ksymtab,"a"\n__ksymtab_%s: .long 0, 0, 0\n.section __kcrctab,"a"\n__crc_%s: .long %d\n' % (s, s, c)
        text += '.text\n.globl %s\n%s: nop\n' % (s, s)
    text += ".text\n" + "".join("call %s\n" % s for s in list(uses) + gone)
    if rng.random() < 0.93:
        known.update(exports)
        process = subprocess.Popen(["as", "-o", "%s/%s.ko" % (top, name)], stdin=subprocess.PIPE, text=True)
        process.communicate(text)
        processes.append(process)
    else:
        known.update(exports) # it is not there, and others use it
assert all(p.wait() == 0 for p in processes)
PY
}

# depmod_finds RELEASE: "MODULE SYMBOL KIND" of depmod, sorted
depmod_finds() {
  depmod -b . -n -e -E headers/Module.symvers "$1" 2>&1 >/dev/null |
    sed -nE 's,.*/([^/]*)\.ko disagrees about version of symbol (.*),\1 \2 version,p; s,.*/([^/]*)\.ko needs unknown symbol (.*),\1 \2 missing,p' |
    sort -u
}

# jkr_finds RELEASE: the same of jkr
jkr_finds() {
  jkr vermagic . headers --format json 2>/dev/null | python3 -c '
import json, os, sys
for m in json.load(sys.stdin):
    name = os.path.basename(m["path"]).split(".")[0]
    for s in m.get("missing", []): print(name, s, "missing")
    for v in m.get("versions", []): print(name, v["symbol"], "version")' | sort -u
}

@test "what depmod finds, in 10 sets of 30 modules" {
  found=0
  for seed in 1 2 3 4 5 6 7 8 9 10; do
    mkdir "$BATS_TEST_TMPDIR/$seed"
    cd "$BATS_TEST_TMPDIR/$seed"
    make_modules "$seed"
    depmod_finds 6.12.5 >theirs
    jkr_finds >ours
    diff theirs ours
    found=$((found + $(wc -l <theirs)))
    run jkr vermagic . headers
    [ "$status" = "$([ -s theirs ] && echo 3 || echo 0)" ]
  done
  echo "$found"
  [ "$found" -gt 50 ]
}

# damage FILE…: another CRC of the first symbol that it was built against, or one that it exports
damage() {
  python3 - "$@" <<'PY'
import struct, sys
for path in sys.argv[1:]:
    d = bytearray(open(path, "rb").read())
    shoff, = struct.unpack_from("<Q", d, 40)
    n, names = struct.unpack_from("<HH", d, 60)
    head = [struct.unpack_from("<IIQQQQIIQQ", d, shoff + 64 * i) for i in range(n)]
    section = {bytes(d[head[names][4] + h[0]:]).split(b"\0")[0].decode(): h for h in head}
    which = section.get("__kcrctab_gpl") if "usbcore" in path else section["__versions"]
    d[which[4]] ^= 1
    open(path, "wb").write(d)
PY
}

@test "what depmod finds in real modules, some of them damaged" {
  [ -n "${JKR_TEST_SYMBOLS:-}" ] || skip 'JKR_TEST_SYMBOLS names no real modules'
  cp -r "$JKR_TEST_SYMBOLS"/. .
  release=$(basename lib/modules/*)
  depmod_finds "$release" >theirs
  jkr_finds >ours
  diff theirs ours
  [ ! -s theirs ]
  mapfile -t files < <(find lib -name '*.ko' | sort | awk 'NR % 331 == 0')
  damage "${files[@]}" "$(find lib -name usbcore.ko)"
  rm "$(find lib -name snd.ko)"
  depmod_finds "$release" >theirs
  jkr_finds >ours
  diff theirs ours
  echo "${#files[@]} damaged, $(wc -l <theirs) found"
  [ "$(wc -l <theirs)" -gt 500 ]
}

# uses FILE CRC: a module that uses ma_sym, which the image of the fuzz target's seed exports with the CRC 0x9e3779b9
uses() {
  mkdir -p "$(dirname "$1")"
  printf '.section .modinfo,"a"\n.asciz "name=%s"\n.asciz "license=GPL"\n.asciz "vermagic=6.12.5 SMP mod_unload modversions "\n' \
    "$(basename "$1" .ko)" >source.s
  printf '.section __versions,"a"\n.quad %s\n1: .asciz "ma_sym"\n.fill 56 - (. - 1b)\n.text\ncall ma_sym\n' "$2" >>source.s
  as -o "$1" source.s
}

# package FOLDER: modules that fit and one that does not, as a distribution's package lays them out, with the kernel itself
package() {
  uses "$1/lib/modules/6.12.5/kernel/good.ko" 0x9e3779b9
  uses "$1/lib/modules/6.12.5/kernel/bad.ko" 0x9e3779ba
  mkdir -p "$1/boot"
  printf 'CONFIG_%s=y\n' X86 X86_64 64BIT SMP MODULES MODULE_UNLOAD MODVERSIONS >"$1/boot/config-6.12.5"
  cp "$BATS_TEST_DIRNAME/../fuzz/seeds/kexports/tables" "$1/boot/vmlinuz-6.12.5"
}

# tells WHAT…: jkr finds the bad one, by what the image says
tells() {
  run jkr vermagic "$@" -q
  echo "$output"
  [ "$status" = 3 ]
  [[ $output == *'`ma_sym` in bad (built against 0x9e3779ba, vmlinux has 0x9e3779b9)'* ]]
}

@test "a folder, an archive, a Debian package and one in another: the kernel beside the modules proves them" {
  package root
  tells root
  tar -cJf modules.tar.xz -C root .
  tells modules.tar.xz
  mkdir root/DEBIAN
  printf '%s\n' 'Package: linux-image' 'Version: 1' 'Architecture: amd64' 'Maintainer: nobody <nobody@localhost>' 'Description: x' >root/DEBIAN/control
  dpkg-deb --root-owner-group --build root image.deb
  tells image.deb
  tar -cf all.tar image.deb
  tells all.tar
  rm root/lib/modules/6.12.5/kernel/bad.ko
  run jkr vermagic root
  echo "$output"
  [ "$status" = 0 ]
  [[ $output != *note* ]]
}

@test "modules from one place, the kernel from another: an image, packed, a package; modules there are only known to be there" {
  package root
  tells root/lib root
  # of several kernels the one of the modules
  cp root/boot/config-6.12.5 root/boot/config-6.12.4
  tells root/lib root
  tells root/lib/modules/6.12.5/kernel/bad.ko root
  rm root/boot/config-6.12.4
  mkdir two && cp root/boot/config-6.12.5 two/config-1 && cp two/config-1 two/config-2 && uses free/bad.ko 1 || return 1
  run jkr vermagic free two
  [ "$status" = 3 ]
  [[ $output == *'tells of several kernels, and the modules do not say which is theirs'* ]]
  tells root/lib/modules/6.12.5/kernel/bad.ko root
  mkdir kernel
  cp root/boot/config-6.12.5 kernel/.config
  mkdir -p kernel/include/config
  echo 6.12.5 >kernel/include/config/kernel.release
  # a list of another build: what the image says counts
  printf '0x9e3779ba\tma_sym\tvmlinux\tEXPORT_SYMBOL\t\n' >kernel/Module.symvers
  run jkr vermagic root/lib/modules/6.12.5/kernel/bad.ko kernel
  [ "$status" = 0 ]
  mkdir -p both/boot
  cp -r kernel both/headers
  gzip <root/boot/vmlinuz-6.12.5 >both/boot/vmlinuz-6.12.5
  tells root/lib both
  run jkr vermagic root/lib both
  [[ $output == *'note: Module.symvers is not of this kernel: it says another CRC of 1 symbol, such as `ma_sym`, than vmlinux itself'* ]]
  # also where the list has it of a module, which is built in by now
  printf '0x9e3779ba\tma_sym\tdrivers/ma\tEXPORT_SYMBOL\t\n' >both/headers/Module.symvers
  tells root/lib both
}

@test "the kernel that is given counts, not the one beside the modules" {
  package root
  rm root/lib/modules/6.12.5/kernel/bad.ko
  mkdir -p later/include/config empty
  cp root/boot/config-6.12.5 later/.config
  echo 6.12.6 >later/include/config/kernel.release
  run jkr vermagic root later
  echo "$output"
  [ "$status" = 3 ]
  [[ $output == *'this kernel is `6.12.6 SMP mod_unload modversions `'* ]]
  # of the same release and place
  mkdir -p other/boot
  sed /MODULE_UNLOAD/d root/boot/config-6.12.5 >other/boot/config-6.12.5
  run jkr vermagic root other
  [ "$status" = 3 ]
  [[ $output == *'this kernel is `6.12.5 SMP modversions `'* ]]
  run jkr vermagic root empty
  [ "$status" = 3 ]
  [[ $output == *'`empty` says nothing of a kernel'* ]]
  # it adds to an image that says nothing of its release
  cp root/boot/vmlinuz-6.12.5 Image
  run jkr vermagic root Image
  echo "$output"
  [ "$status" = 0 ]
  [[ $output != *note* ]]
}

@test "what a build leaves beside its modules is no list of the kernel's symbols" {
  uses built/bad.ko 1
  printf '0x00000001\tother\tbad\tEXPORT_SYMBOL\t\n' >built/Module.symvers
  run jkr vermagic built
  echo "$output"
  [ "$status" = 0 ]
  [[ $output == *'the 1 symbol that none of them exports with nothing'* ]]
}

@test "a stripped module still exports, by name" {
  mkdir -p built headers/include/config
  printf 'CONFIG_%s=y\n' X86 X86_64 64BIT SMP MODULES MODULE_UNLOAD MODVERSIONS >headers/.config
  echo 6.12.5 >headers/include/config/kernel.release
  printf '0x00000007\tmodule_layout\tvmlinux\tEXPORT_SYMBOL\t\n' >headers/Module.symvers
  uses built/user.ko 5
  as -o built/lib.ko - <<'S'
.section .modinfo,"a"
.asciz "name=lib"
.asciz "license=GPL"
.asciz "vermagic=6.12.5 SMP mod_unload modversions "
.text
.globl ma_sym
ma_sym: ret
.section __ksymtab_strings,"aMS",@progbits,1
1: .asciz "ma_sym"
.section __ksymtab,"a"
__ksymtab_ma_sym: .long ma_sym - ., 1b - ., 0
.section __kcrctab,"a"
__crc_ma_sym: .long 5
S
  jkr vermagic built headers
  strip --strip-unneeded built/lib.ko
  run jkr vermagic built headers
  echo "$output"
  [ "$status" = 0 ]
  [[ $output == *'note: 1 module does not say the CRCs of what it exports'*': such as `lib`; '* ]]
  # of the kernel's own the list knows the version
  printf '0x00000006\tma_sym\tdrivers/lib\tEXPORT_SYMBOL\t\n' >>headers/Module.symvers
  run jkr vermagic built headers
  [ "$status" = 3 ]
  [[ $output == *'`ma_sym` in user (built against 0x00000005, drivers/lib has 0x00000006)'* ]]
}

@test "modules that are links are told, and not read" {
  package root
  rm root/lib/modules/6.12.5/kernel/bad.ko
  mkdir root/lib/modules/6.12.5/weak-updates
  ln -s ../kernel/good.ko root/lib/modules/6.12.5/weak-updates/other.ko
  run jkr vermagic root
  echo "$output"
  [ "$status" = 0 ]
  [[ $output == *'note: 1 module was not read: it is a link to others'* ]]
  ln root/lib/modules/6.12.5/kernel/good.ko root/lib/modules/6.12.5/weak-updates/third.ko
  tar -cf links.tar -C root .
  run jkr vermagic links.tar
  [[ $output == *'note: 2 modules were not read: they are links to others'* ]]
}

@test "modules of several kernels are listed and not compared, and that is said" {
  uses lib/modules/6.12.5/a.ko 1
  uses lib/modules/6.12.6/a.ko 2
  run jkr vermagic .
  echo "$output"
  [ "$status" = 0 ]
  [[ $output == *'note: the modules are of several kernels, and were not compared'* ]]
}

# sign FILE KEY [OPTION…]: a signature behind the module
sign() {
  openssl cms -sign -binary -noattr -md sha256 -outform DER -signer "$2.pem" -inkey "$2.key" "${@:3}" -in "$1" -out signature
  {
    cat signature
    printf '\0\0\2\0\0\0\0\0\0\0'
    printf '%04x' "$(stat -c %s signature)" | sed 's/../\\x&/g' | xargs -0 printf '%b'
    echo '~Module signature appended~'
  } >>"$1"
}

@test "the keys in an image: a module of another key, where the kernel takes only its own" {
  package root
  modules=root/lib/modules/6.12.5/kernel
  rm $modules/bad.ko
  echo CONFIG_MODULE_SIG_FORCE=y >>root/boot/config-6.12.5
  for name in ours theirs; do
    openssl req -x509 -newkey rsa:2048 -nodes -subj "/CN=$name" -days 9999 -keyout $name.key -out $name.pem 2>openssl.log
    uses $modules/$name.ko 0x9e3779b9
    sign $modules/$name.ko $name -nocerts
  done
  openssl req -newkey rsa:2048 -nodes -subj /CN=issued -keyout issued.key -out issued.csr 2>openssl.log
  openssl x509 -req -in issued.csr -CA ours.pem -CAkey ours.key -set_serial 9 -days 9999 -out issued.pem 2>openssl.log
  for name in theirs issued; do # with the certificate beside the signature
    uses $modules/brings_$name.ko 0x9e3779b9
    sign $modules/brings_$name.ko $name
  done
  openssl x509 -in ours.pem -outform DER >>root/boot/vmlinuz-6.12.5
  run jkr vermagic root/lib root -q
  echo "$output"
  [ "$status" = 3 ]
  [[ $output == *'E0707'*'1 module is not signed'*'good.ko'* ]]
  [[ $output == *'E0714'*'2 modules are signed by a key that the kernel does not have: `modules/6.12.5/kernel/brings_theirs.ko` (of theirs '*', `modules/6.12.5/kernel/theirs.ko` (of theirs '* ]]
  rm $modules/{good,theirs,brings_theirs}.ko
  jkr vermagic root/lib root -q
}
