#!/usr/bin/env bats
# What a live patch is made of, on objects of a few lines (stdlib/livepatch); a kernel that takes one is in tests/boards.

load helper

top=${BATS_TEST_DIRNAME%/*/*}

# objects: klp, was.o and what kernel has: its map and exports
objects() {
  [ "$(uname -m)" = x86_64 ] || skip "live patches are for x86-64"
  "${CC:-gcc}" -O1 -Wall -Wextra -Werror -fsanitize=address,undefined -o klp "$top"/stdlib/livepatch/*.c
  export ASAN_OPTIONS=detect_leaks=0
  cat >was.c <<'C'
extern int printk(const char *, ...);
static int count;
static __attribute__((noinline)) int twice(int n) { return n * 2 + count; }
int limit = 3;
__attribute__((noinline)) int tell(int n)
{
	static int calls;

	calls++;
	count += twice(n);
	return printk("tell %d %d\n", n, calls);
}
int same(int n) { return n > limit ? printk("much: %d\n", n) : n; }
__attribute__((section(".init.text"))) int once(void) { return tell(5); }
C
  compile was
  printf 'ffffffff8100%04x t %s\n' 0 twice 16 tell 32 same 48 calls.0 64 count 80 limit >map
  printf '0x00000000\t%s\tvmlinux\tEXPORT_SYMBOL\t\n' printk __fentry__ >symvers
}

compile() {
  gcc -c -O2 -fno-pic -mcmodel=kernel -ffunction-sections -fdata-sections -pg -mfentry -mrecord-mcount \
    -fno-asynchronous-unwind-tables -o "$1.o" "$1.c"
}

# taken: changes was.c by sed's words into is.c, and compares
taken() {
  sed "$@" was.c >is.c
  compile is
  run ./klp take was.o is.o map symvers code.o
  echo "$output"
}

@test "the functions that differ are taken, with what is new beside them; all else stays the kernel's" {
  objects
  taken -e 's/tell %d/told %d/; s/calls++;/calls++; count += added(n);/' \
    -e '/^__attribute__((noinline)) int tell/i static __attribute__((noinline)) int added(int n) { return n ? n + limit : printk("none\\n"); }'
  [ "$status" = 0 ]
  [ "$output" = "= tell
+ added" ]
  readelf -sW code.o >symbols
  for name in calls.0 count twice limit; do grep -q "UND .klp.sym.vmlinux.$name,0\$" symbols; done
  for name in printk __fentry__; do grep -q "UND $name\$" symbols; done
  no grep -q same symbols
  [ "$(readelf -rW code.o | grep -c 'R_X86_64_64 .*\.text\.')" = 2 ] # entries of ftrace's table
  readelf -p .rodata.tell.str1.1 code.o | grep -q 'told %d'
  # a linked module: what only the loader of live patches resolves is apart
  ld -r -o fix.ko code.o
  ./klp mark fix.ko symvers
  readelf -SW fix.ko | grep -q '\.klp\.rela\.vmlinux\.\.text\.tell .* AIo '
  [ "$(readelf -sW fix.ko | grep -c 'OS \[0xff20\] .klp.sym.vmlinux')" = 4 ]
  no grep -q 'vmlinux' <(readelf -rW fix.ko | sed -n "/section '.rela.text/,/^\$/p")
  ld -r -o again.ko fix.ko # still an object that others read
}

@test "equal functions are none, also where a line moved; a static variable is found by its name" {
  objects
  taken 's/^int limit/\n\n&/'
  [ "$status" = 4 ]
  [ -z "$output" ]
  taken 's/calls++;/calls += 2;/'
  [ "$output" = "= tell" ]
}

@test "what cannot be patched is refused by name" {
  objects
  taken 's/limit = 3/limit = 4/'
  [ "$status" = 1 ]
  [[ $output == *'is.o: its data `.data.limit` differ'* ]]
  taken 's/tell(5)/tell(6)/'
  [ "$status" = 1 ]
  [[ $output == *'the code in its section .init.text differs'* ]]
  echo 'ffffffff81000090 t count' >>map
  taken 's/tell %d/told %d/'
  [ "$status" = 1 ]
  [[ $output == *'it needs `count`, and the kernel has 2 symbols of that name'* ]]
  sed -i '/ tell$/d; $d' map
  taken 's/tell %d/told %d/'
  [ "$status" = 1 ]
  [[ $output == *'its function `tell` differs, and the kernel has 0 symbols of that name'* ]]
  # a name that neither the kernel nor the patch has
  objects
  taken 's/return printk("tell/return nobody("tell/; s/^extern/extern int nobody(const char *, ...);\n&/'
  [ "$status" = 0 ]
  ld -r -o fix.ko code.o
  run ./klp mark fix.ko symvers
  [ "$status" = 1 ]
  [[ $output == *'fix.ko: it needs `nobody`, which neither the kernel nor the patch has'* ]]
  # and what is cut short
  head -c 900 was.o >cut.o
  run ./klp take cut.o is.o map symvers code.o
  [ "$status" = 1 ]
  [[ $output == *'cut.o is cut short'* ]]
}

@test "a build and its patched one are compared: the source of a module comes of it, and the build stays as it was" {
  objects
  mkdir -p top/{src/fs,build/fs,patched/fs,patches,devel,klp,out}
  cp was.c top/src/fs/a.c
  echo 'int b;' >top/src/b.c
  cat >top/src/Makefile <<'MAKE'
build-dir	:= .
.PHONY: $(build-dir)
$(build-dir): $(O)/fs/a.o $(O)/b.o
$(O)/%.o: %.c
	gcc -c -O2 -fno-pic -mcmodel=kernel -ffunction-sections -fdata-sections -pg -mfentry -mrecord-mcount \
	  -fno-asynchronous-unwind-tables -o $@ $<
MAKE
  cp "$top"/stdlib/livepatch/*.[ch] top/klp/
  cp map top/devel/System.map
  cp symvers top/devel/Module.symvers
  make -s -C top/src "O=$PWD/top/build" .
  sed 's/tell %d/told %d/' was.c >top/patched/fs/a.c
  printf -- '--- a/fs/a.c\n+++ b/fs/a.c\n' >top/patches/1
  before=$(find top/build -type f -exec sha256sum {} + | sort)
  compared() { TOP=$PWD/top sh -e "$top/stdlib/livepatch/compare.sh" make -s -C "$PWD/top/src" "O=$PWD/top/build"; }
  compared
  [ "$(cat top/out/functions)" = "= tell fs/a.o" ]
  [ "$(cd top/out && echo * klp/*)" = "functions klp klp/code0.o_shipped klp/patch.c" ]
  [ -e top/out/klp/.code0.o.cmd ]
  grep -q 'extern char klp_new_1\[\] __asm__("tell");' top/out/klp/patch.c
  grep -q '{ .old_name = "tell", .new_func = klp_new_1 },' top/out/klp/patch.c
  [ "$(find top/build -type f -exec sha256sum {} + | sort)" = "$before" ]
  # what changes nothing is no patch
  cp was.c top/src/fs/a.c
  rm -r top/out && mkdir top/out
  { echo && cat was.c; } >top/patched/fs/a.c
  run compared
  [ "$status" = 1 ]
  [[ $output == *'error: no function of the kernel differs'* ]]
}
