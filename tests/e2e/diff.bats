#!/usr/bin/env bats
# diff: two recipes, builds, bundles, folders and files, kind by kind; also what jkr did not build.

load helper
load ../errors/helper.sh

# lay FOLDER RELEASE CRC B NODES STATUS: what a build of a board left: a module, its kernel's symbols, a .config, a device tree
lay() {
  local kernel=$1/lib/modules/$2/kernel
  mkdir -p "$kernel" "$1/boot"
  (cd "$kernel" && module hello "$2 SMP preempt mod_unload modversions aarch64" "$3" printk)
  printf '%s\tprintk\tvmlinux\tEXPORT_SYMBOL\t\n' "$3" >"$1/boot/Module.symvers"
  printf 'CONFIG_A=y\nCONFIG_B=%s\n' "$4" >"$1/boot/config-$2"
  printf '/dts-v1/;\n/ { soc { %s pic: pic { interrupt-controller; }; uart { interrupt-parent = <&pic>; status = "%s"; reg = <1 2>; }; }; };' \
    "$5" "$6" | dtc -@ -q -I dts -O dtb -o "$1/boot/virt.dtb" -
}

two_builds() {
  lay a 6.1.0-a 0x11111111 y '' okay
  lay b 6.1.0-b 0x22222222 m 'first: aaa { x; }; bbb { p = <&first>; };' disabled
}

@test "two folders that jkr did not build: configuration, device tree, modules, symbols, sizes, files" {
  two_builds
  printf '0x00000001\tgone\tvmlinux\tEXPORT_SYMBOL_GPL\t\n' >>a/boot/Module.symvers
  (cd b/lib/modules/6.1.0-b/kernel && module extra "6.1.0-b SMP")
  echo kernel/foo/bar-x.ko >a/lib/modules/6.1.0-a/modules.builtin
  run jkr diff a b
  echo "$output"
  [ "$status" = 0 ]
  grep -v '  lib/modules/RELEASE/kernel/hello.ko\|virt.dtb: offset\|virt.dtb  (\|all files\| [0-9.]\+ k\?B$\| in . files\|Module.symvers' <<<"$output" | diff - <(cat <<'TEXT'
- a
+ b
RELEASE in paths: 6.1.0-a and 6.1.0-b
config: 1 symbol differs
  B
    - y
    + m
devicetree: 3 nodes and properties differ, and 1 that follows; -v shows them
  boot/virt.dtb /soc/aaa
    + a node, 2 properties
  boot/virt.dtb /soc/bbb
    + a node, 1 property
  boot/virt.dtb /soc/uart: status
    - "okay"
    + "disabled"
modules: 3 facts about modules differ
  bar_x
    - built in
  extra
    + a module
  hello: vermagic
    - 6.1.0-a SMP preempt mod_unload modversions aarch64
    + 6.1.0-b SMP preempt mod_unload modversions aarch64
symbols: 2 symbols differ
  gone
    - 0x00000001 of vmlinux, GPL only
  printk  (used by 1 module: hello)
    - 0x11111111 of vmlinux
    + 0x22222222 of vmlinux
sizes: 3 sizes differ
files: 6 files differ
  boot/config-RELEASE: line 2: `CONFIG_B=y` and `CONFIG_B=m`
  lib/modules/RELEASE/kernel/extra.ko
    + a file
  lib/modules/RELEASE/modules.builtin
    - a file
TEXT
  )
  jkr diff -v a b | grep -qx '  boot/virt.dtb /__symbols__: first'
  run jkr diff a b -q --fail-if-changes
  [ "$status" = 4 ]
  [ -z "$output" ]
}

@test "a phandle is the node that it stands for: under other numbers nothing differs" {
  tree() { printf '/dts-v1/;\n/ { a: a { phandle = <%s>; #clock-cells = <1>; }; b: b { phandle = <%s>; #clock-cells = <1>; }; u { clocks = <&%s 7>; }; };' "$@" | dtc -q -O dtb -; }
  tree 1 2 b >one.dtb
  tree 2 1 b >two.dtb
  jkr diff one.dtb two.dtb --kind devicetree | grep -qx 'equal: devicetree'
  tree 2 1 a >two.dtb
  jkr diff one.dtb two.dtb --kind devicetree | grep -q '^  one.dtb /u: clocks$'
}

@test "an archive, a .deb and a packed root file system in a bundle compare like their folders" {
  two_builds
  tar -czf b.tar.gz -C b .
  run jkr diff b b.tar.gz --fail-if-changes
  [ "$status" = 0 ]
  [ "$output" = 'equal: config, devicetree, modules, symbols, sizes, files' ]
  mkdir -p deb bundle bundle2
  cp -r b/. deb && mkdir deb/DEBIAN && printf 'Package: x\nVersion: 1\nArchitecture: all\nMaintainer: m\nDescription: d\n' >deb/DEBIAN/control
  dpkg-deb --root-owner-group -b deb x.deb >/dev/null
  jkr diff b x.deb --kind modules --kind symbols --kind config --fail-if-changes
  tar -cf bundle/rootfs.tar -C a . && tar -cf bundle2/rootfs.tar -C b .
  tar -cf one.tar -C bundle . && tar -cf two.tar -C bundle2 .
  jkr diff one.tar two.tar --kind config | grep -qx '    + m'
}

@test "a damaged archive in an archive is said to be one, and the rest is compared" {
  mkdir one two in && echo same >one/s && echo x >one/t && cp one/s two/ && echo y >two/t
  head -c 200000 /dev/urandom >in/data && echo a >in/a && tar -czf one/camera.tar.gz -C in .
  head -c 100000 one/camera.tar.gz >two/camera.tar.gz
  cp one/camera.tar.gz one/whole.tar.gz && cp one/camera.tar.gz two/whole.tar.gz
  tar -cf one.tar one --transform 's,^one,bsp,' && tar -cf two.tar two --transform 's,^two,bsp,'
  run jkr diff one.tar two.tar
  echo "$output"
  [ "$status" = 0 ]
  [[ $output == *'note: `bsp/camera.tar.gz` of `two.tar` was compared as a file alone: the gzip data is truncated'* ]]
  [[ $output == *'files: 2 files differ'* ]]
  [[ $output == *'  bsp/t: line 1: '* ]]
  [[ $output != *'camera.tar.gz!/'* ]]
  run jkr diff two.tar two.tar --fail-if-changes
  [ "$status" = 0 ]
  # of a package the parts are the package
  mkdir deb && cp two/camera.tar.gz deb/data.tar.gz && echo 2.0 >deb/debian-binary && tar -czf deb/control.tar.gz -C in a
  (cd deb && ar rc ../x.deb debian-binary control.tar.gz data.tar.gz)
  run jkr diff x.deb x.deb
  [ "$status" != 0 ]
}

@test "two ways to run a recipe, and two builds of a step: what was asked otherwise comes first" {
  make_tiny
  sed -i 's/^local a .*/local text = option.string { "text", "hi", "what a says" }\nlocal a = write "a" { path = "hello.txt", text = text }/' tiny.lua
  run jkr diff tiny.lua 'tiny.lua -D text=ho'
  [ "$status" = 0 ]
  [[ $output == *"note: what \`tiny.lua\` makes is not all built"*"option text"*"a: param text"* ]]
  jkr diff tiny.lua tiny.lua --format json | json '(d["equal"], d["a_partial"], d["b_partial"])' | grep -qx '(True, True, True)'
  [[ $output != *files:* ]]
  jkr run tiny.lua -q
  jkr run tiny.lua -q -D text=ho
  jkr diff tiny.lua 'tiny.lua -D text=ho' --format json |
    json '[(d["equal"], k["differences"][0]["name"], k["differences"][0]["a"]) for n, k in d["kinds"].items() if k["differences"]]' |
    grep -qxF "[(False, 'option text', 'hi'), (False, 'hello.txt', None)]"
  jkr diff tiny.lua tiny.lua --fail-if-changes
  jkr run tiny.lua -q -o out
  jkr diff tiny.lua out --fail-if-changes
  jkr diff tiny.lua:fix tiny.lua:src | grep -q '^  README: line 2: `TWO` and `two`$'
  [ "$(jkr ls builds tiny.lua a | wc -l)" = 3 ]
  read -r one two < <(jkr ls builds tiny.lua a --format json | json '" ".join(b["key"][:8] for b in d["builds"])')
  run jkr diff "tiny.lua:a@$one" "tiny.lua:a@$two" --kind files
  [ "$status" = 0 ]
  [[ $output == *'hello.txt: '* ]]
  # a build of a step holds what it holds, also a configuration
  for v in y m; do
    printf 'return write "c" { path = ".config", text = "CONFIG_A=%s\\n" }\n' "$v" >c.lua
    jkr run c.lua -q
  done
  read -r one two < <(jkr ls builds c.lua c --format json | json '" ".join(b["key"][:8] for b in d["builds"])')
  jkr diff "c.lua:c@$one" "c.lua:c@$two" --kind config | grep -qx 'config: 1 symbol differs'
  mkfifo pipe.tar
  run timeout 10 "$JKR" diff pipe.tar c.lua
  [ "$status" = 2 ] || [ "$status" = 1 ]
  [[ $output == *'`pipe.tar` is no file, folder or archive'* ]]
}

@test "single files: a module with a module, a configuration with a folder; what goes with nothing is said" {
  two_builds
  run jkr diff a/lib/modules/6.1.0-a/kernel/hello.ko b/lib/modules/6.1.0-b/kernel/hello.ko
  [ "$status" = 0 ]
  [[ $output == *'hello: vermagic'*'printk  (used by 1 module: hello)'* ]]
  jkr diff a/boot/config-6.1.0-a b | grep -qx 'config: 1 symbol differs'
  jkr diff b/boot/virt.dtb a | grep -q 'status$'
  printf 'x\n' >notes && jkr diff notes notes | grep -qx 'equal: sizes, files'
  run jkr diff notes a
  [ "$status" = 2 ]
  [[ $output == *'`notes` and `a` have nothing in common'* ]]
}

@test "two manifests: what was made of what, things by their names; keys and results only follow" {
  make_tiny
  jkr run tiny.lua -q
  jkr manifest tiny.lua >old.json
  sed -i s/TWO/DOS/ fix.patch
  jkr run tiny.lua -q
  jkr manifest tiny.lua >new.json
  run jkr diff old.json new.json --kind manifest
  echo "$output"
  [ "$status" = 0 ]
  grep -qE '^manifest: [0-9]+ entr(y|ies) differ' <<<"$output"
  grep -q '^  steps fix\.record' <<<"$output"
  no grep -q '^  steps fix.key' <<<"$output"
  jkr diff -v old.json new.json | grep -qx '  steps fix.key'
  jkr diff old.json old.json --kind manifest | grep -qx 'equal: manifest'
  # one that was printed, and that of a bundle
  mkdir bundle && cp old.json bundle/BUILD_MANIFEST.json
  jkr diff new.json bundle --kind manifest | grep -q '^  steps fix\.record'
  jkr diff bundle old.json --kind manifest | grep -qx 'equal: manifest'
  # numbers with fractions, also behind a text that ends in a backslash
  cat >x.json <<<'{ "kernel": 6.1, "a": "x\\", "v": "1.5", "e": 1e3 }'
  cat >y.json <<<'{ "kernel": 6.6, "a": "x\\", "v": "1.6", "e": 1e3 }'
  jkr diff x.json y.json --kind manifest | grep -v '^[-+] ' | diff - <(printf 'manifest: 2 entries differ\n  kernel\n    - 6.1\n    + 6.6\n  v\n    - 1.5\n    + 1.6\n')
}

@test "manifests and recipes of tens of thousands of entries are compared in seconds" {
  python3 -c 'import json
for k in 1, 2: json.dump([{"name": "n%d" % (i * (3 - 2 * k)), "v": k} for i in range(60000)], open("m%d.json" % k, "w"))'
  timeout 20 "$JKR" diff m1.json m2.json --kind manifest | grep -qx 'manifest: 119999 entries differ'
  mkdir f g
  for k in f g; do for i in {1..2000}; do echo "$k$i" >"$k/$i"; done; done
  cat >r.lua <<'LUA'
local from = option.string { "from", "f", "which folder" }
local v = {}
for i = 1, 2000 do v[i] = from .. "/" .. i end
return copy "c" { table.unpack(v) }
LUA
  (
    ulimit -v 120000
    "$JKR" diff r.lua 'r.lua -D from=g' --kind inputs
  ) 2>/dev/null | grep -qx 'inputs: 2001 inputs differ'
}

@test "names that others chose are shown, not obeyed by the terminal" {
  evil=$(printf '6\033]0;evil\007')
  mkdir -p "a/lib/modules/$evil" b/lib/modules/7 t
  echo 1 >"a/lib/modules/$evil/f" && echo 2 >b/lib/modules/7/f
  run jkr diff a b
  [[ $output == *'RELEASE in paths: 6\x1b]0;evil\x07 and 7'* ]]
  [[ $output != *$'\033'* ]]
  ln -s "$evil" t/link && tar -cf t.tar -C t link
  echo 'return untar "t" { "t.tar" }' >r.lua
  jkr run r.lua -q
  run jkr why r.lua link
  [[ ${lines[0]} == 'link in t: a link to `6\x1b]0;evil\x07`' ]]
}
