#!/usr/bin/env bats
# Real kernels by gcc and by clang, of examples/compilers.lua: what each compiler made, booted; the build salt, Debian packages,
# sparse, W=1, the scripts for gdb; what a warm build says that it made again, with ccache; and Rust that Debian 12 cannot give.

setup() {
  : "${JKR:?the program under test}"
  folder=${BOARDS:-$BATS_TEST_DIRNAME/../../build/boards}
  mkdir -p "$folder" && folder=$(cd "$folder" && pwd)
  export NO_COLOR=1 JKR_STORE=${COMPILERS_STORE:-$folder/compilers-store}
  cd "$BATS_TEST_DIRNAME/../.." || return 1
  recipe=examples/compilers.lua
  out=$folder/compilers
}

@test "both compilers build a kernel that boots, one with KASAN and one with ThinLTO" {
  run "$JKR" run "$recipe" -o "$out" --progress plain
  echo "$output"
  [ "$status" = 0 ]
  log=$("$JKR" log "$recipe" boot-gcc/console)
  [[ $log == *"(aarch64-linux-gnu-gcc (Debian 12"* ]]
  [[ $log == *"KernelAddressSanitizer initialized"* ]]
  [[ $log == *"init: done"* ]]
  log=$("$JKR" log "$recipe" boot-clang/console)
  [[ $log == *"(Debian clang version 14"*"LLD 14"* ]]
  [[ $log == *"init: done"* ]]
  grep -q board-7 "$out/Image.gcc"
}

@test "the Debian package holds the kernel for the target" {
  run "$JKR" run "$recipe" -D packages=true -o "$out" --progress plain
  echo "$output"
  [ "$status" = 0 ]
  debs=("$out"/linux-image-*.deb)
  [ -e "${debs[0]}" ]
  [ "$(dpkg-deb -f "${debs[0]}" Architecture)" = arm64 ]
  grep -q ' ./boot/vmlinuz-6.12' <<<"$(dpkg-deb -c "${debs[0]}")"
}

@test "W=1 reaches the compiler, sparse looks at what is compiled, and gdb finds its constants" {
  local goal='-t init/main.o -v' checked plain
  # shellcheck disable=SC2086 # words
  checked=$("$JKR" run "$recipe" linux-checked $goal 2>&1) && plain=$("$JKR" run "$recipe" linux-gcc $goal 2>&1)
  # what Kbuild has the compiler called with in every make
  grep -q 'checksyscalls.sh .*aarch64-linux-gnu-gcc .* -Wmissing-include-dirs' <<<"$checked"
  grep -q 'checksyscalls.sh .*aarch64-linux-gnu-gcc .* -nostdinc' <<<"$plain"
  [[ $plain != *-Wmissing-include-dirs* ]]
  log=$("$JKR" log "$recipe" linux-checked/build)
  grep -q '^  CHECK  ' <<<"$log"
  [ -s "$out/vmlinux-gdb.py" ]
  grep -q '^LX_' "$out/scripts/gdb/linux/constants.py"
}

@test "another salt: why names the symbol, and ccache has what make compiled once" {
  # words that no kept store has; the first leaves a warm directory
  salt=board-$RANDOM$RANDOM
  timeout 3600 "$JKR" run "$recipe" linux-gcc -D "salt=$salt-1" -q
  run "$JKR" run "$recipe" linux-gcc -D "salt=$salt-2" --progress plain
  echo "$output"
  [ "$status" = 0 ]
  run "$JKR" why "$recipe" linux-gcc -D "salt=$salt-2"
  echo "$output"
  [[ $output == *"its last make was a warm one"* ]]
  [[ $output == *"config symbol BUILD_SALT: "* ]]
  # a build from nothing compiles what holds the salt, and takes the rest
  mkdir -p "$JKR_STORE/trash" && mv "$JKR_STORE/warm" "$JKR_STORE/trash/warm-$$"
  run "$JKR" run "$recipe" linux-gcc -D "salt=$salt-3" --progress plain
  echo "$output"
  [ "$status" = 0 ]
  [[ $output =~ ccache\ had\ .*\ compiles\ \((9[0-9]\.[0-9]|100\.0)\ %\) ]]
}

@test "Rust that cannot be had is refused, with the words of the tree" {
  run "$JKR" run tests/boards/rust.lua -D bindgen=false
  echo "$output"
  [ "$status" = 3 ]
  [[ $output == *'config symbol `RUST` was not honoured'* ]]
  [[ $output == *"make rustavailable"*"Rust compiler 'rustc' could not be found"* ]]
  run "$JKR" run tests/boards/rust.lua
  echo "$output"
  [ "$status" = 3 ]
  [[ $output == *"Rust bindings generator 'bindgen' is too old. Your version: 0.60.1 Minimum version: 0."* ]]
}
