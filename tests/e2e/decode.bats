#!/usr/bin/env bats
# jkr decode: what a kernel said when it failed, with the lines of its source.

load helper

# A "kernel" of two functions with line numbers, a module, and what they would say.
make_oops() {
  cat >kernel.c <<'C'
static int __attribute__((noinline)) deep(volatile int *p)
{
	*p = 1;
	return *p;
}
int start_kernel(volatile int *p)
{
	return deep(p) + 1;
}
C
  printf 'int hello_init(volatile int *p)\n{\n\treturn *p + 2;\n}\n' >hello.c
  gcc -g -O1 -fno-pie -no-pie -nostdlib -static -fno-asynchronous-unwind-tables -Wl,-e,start_kernel -o vmlinux kernel.c
  gcc -g -O1 -c -fno-pic -fno-asynchronous-unwind-tables -o hello-mod.ko hello.c
  nm vmlinux | sort >System.map
  size() { printf '0x%x' "0x$(nm -S "$1" | awk -v n="$2" '$4 == n { print $2 }')"; }
  deep=$(size vmlinux deep) start=$(size vmlinux start_kernel) hello=$(size hello-mod.ko hello_init)
  address=$(nm vmlinux | awk '$3 == "deep" { print $1 }')
  cat >oops.txt <<TEXT
[    1.5] Unable to handle kernel NULL pointer dereference
[    1.5] CPU: 0 PID: 1 Comm: init Tainted: G           O       6.12.1 #1
[    1.5] pc : deep+0x0/$deep
[    1.5] lr : hello_init+0x0/$hello [hello_mod]
[    1.5]  start_kernel+0x0/$start
[    1.5] x0 : $address x1 : 00000000deadbeef
[    1.5]  nobody+0x1/0x2
TEXT
}

@test "decode: functions, addresses and modules, by line, from files, a folder, stdin and a recipe" {
  make_oops
  jkr decode oops.txt vmlinux hello-mod.ko 2>said | tee out
  [ ! -s said ]
  grep -q "pc : deep+0x0/$deep (.*kernel.c:[23])" out
  grep -q "hello_init+0x0/$hello (.*hello.c:[23]) \[hello_mod\]" out
  grep -q "start_kernel+0x0/$start (.*kernel.c:[78])" out
  grep -q "x0 : $address (deep+0x0 .*kernel.c:[23])" out
  grep -q 'nobody+0x1/0x2$' out
  [ "$(wc -l <out)" = "$(wc -l <oops.txt)" ]
  mkdir -p dir/lib && cp vmlinux System.map dir && cp hello-mod.ko dir/lib
  mkdir dir/arch && echo 'SECTIONS {}' | tee dir/arch/vmlinux-xip.lds.S >dir/arch/System.map-of.c # as sources have them
  diff <(jkr decode - dir <oops.txt) out
  echo 'return copy "built" { "dir" }' >r.lua
  jkr run r.lua -q
  diff <(jkr decode oops.txt r.lua) out
}

@test "decode: a System.map has no lines, a moved kernel is found, another build is not taken for this one" {
  make_oops
  jkr decode oops.txt System.map 2>said | grep -q "deep+0x0/$deep (0x${address#"${address%%[!0]*}"})"
  grep -q 'no line numbers' said
  moved=$(printf '%016x' "$((0x$address + 0x10000))")
  printf 'x0 : %s\nKernel Offset: 0x10000 from 0xffff\n' "$moved" >moved.txt
  jkr decode moved.txt vmlinux | grep -q 'deep+0x0'
  sed "s,deep+0x0/$deep,deep+0x0/0x2000," oops.txt >other.txt
  jkr decode other.txt vmlinux 2>said >out
  grep -q '1 places are of another build: `deep`' said
  grep -q 'deep+0x0/0x2000$' out
}

@test "decode: bytes of a serial line, cut files and files of zeros end in a sentence" {
  make_oops
  { printf 'a\033[31m\0\377 '; cat oops.txt; } >wild.txt
  jkr decode wild.txt vmlinux >out
  no grep -q "$(printf '\033')" out
  for n in 0 10 64 100 1000; do
    head -c "$n" vmlinux >part
    run jkr decode oops.txt part
    [ "$status" != 0 ] && [ "$status" -lt 64 ]
    [[ $output == *error* ]]
  done
  python3 - <<'PY'
import random
data = bytearray(open("vmlinux", "rb").read())
rnd = random.Random(1)
for i in range(60):
    bad = bytearray(data)
    for _ in range(20): bad[rnd.randrange(len(bad))] = rnd.randrange(256)
    open("bad%d" % i, "wb").write(bad)
PY
  for i in $(seq 0 59); do
    run timeout 20 "$JKR" decode oops.txt "bad$i"
    [ "$status" -lt 64 ]
  done
}
