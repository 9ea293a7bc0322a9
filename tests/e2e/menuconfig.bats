#!/usr/bin/env bats
# menuconfig: what is chosen on a terminal comes back as lines of a fragment. The menus here are a small make of the same
# targets as the kernel's; tests/kernel drives the real ones.

load helper

make_tree() {
  make_image sed grep touch
  mkdir src
  # the "Kconfig" of this tree: A (n), B (y), C (7), and D, which follows A
  cat >src/Makefile <<'MAKE'
B := $(or $(O),.)
olddefconfig:
	@touch $B/.config
	@grep -q '^CONFIG_B=\|CONFIG_B is' $B/.config || echo CONFIG_B=y >>$B/.config
	@grep -q '^CONFIG_C=' $B/.config || echo CONFIG_C=7 >>$B/.config
	@sed -i /CONFIG_D/d $B/.config
	@! grep -q '^CONFIG_A=y' $B/.config || echo CONFIG_D=y >>$B/.config
savedefconfig:
	@grep -v '^CONFIG_B=y\|^CONFIG_C=7\|CONFIG_D' $B/.config >$B/defconfig || true
menuconfig:
	@sh menu.sh $B/.config
MAKE
  cat >src/menu.sh <<'SH'
[ -t 0 ] || { echo "this needs a terminal"; exit 1; }
echo "menu of $(grep -c . "$1")"
while read -r line; do
  case $line in
  quit) exit 0 ;;
  fail) exit 1 ;;
  *) sed -i "/CONFIG_${line%%=*}[= ]/d" "$1"; case $line in *=n) echo "# CONFIG_${line%=n} is not set" ;; *) echo "CONFIG_$line" ;; esac >>"$1" ;;
  esac
done
SH
  cat >m.lua <<LUA
recipe "m" { version = "1", license = "MIT", summary = "a configuration" }
local img = untar "img" { "image.tar", sha256 = "$sum", rootfs = true }
local wanted = kconfig_append "wanted" { ".config", symbols = { fragment "board.config", $1 } }
local config = make_in_container "config" {
  "src", toolchain = img, config = wanted / ".config", targets = { "olddefconfig" }, outputs = { ".config" },
}
return config
LUA
  printf '# what the board needs\nCONFIG_C=9\n# and more\n' >board.config
}

# typed LINES… -- COMMAND…: runs it on a terminal, with these lines typed when the menu is there
typed() {
  python3 - "$@" <<'PY'
import os, pty, sys, time
at = sys.argv.index("--")
lines, command = sys.argv[1:at], sys.argv[at + 1:]
pid, fd = pty.fork()
if not pid:
    os.execvp(command[0], command)
out, sent = b"", False
while True:
    try:
        got = os.read(fd, 65536)
    except OSError:
        break
    if not got:
        break
    out += got
    if not sent and b"menu of" in out:
        sent = True
        os.write(fd, "".join(l + "\n" for l in lines).encode())
sys.stdout.write(out.decode(errors="replace"))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
PY
}

@test "what was chosen replaces lines of the fragment or joins them; what follows stays out" {
  make_tree
  run typed A=y C=11 B=n quit -- "$JKR" menuconfig m.lua
  echo "$output"
  [ "$status" = 0 ]
  [ "$(cat board.config)" = "$(printf '# what the board needs\nCONFIG_C=11\n# and more\nCONFIG_A=y\n# CONFIG_B is not set')" ]
  jkr run m.lua -q -o out
  grep -qx CONFIG_D=y out/.config
  # back to the defaults: said, not left out
  typed C=7 B=y quit -- "$JKR" menuconfig m.lua
  [ "$(cat board.config)" = "$(printf '# what the board needs\nCONFIG_C=7\n# and more\nCONFIG_A=y\nCONFIG_B=y')" ]
}

@test "nothing chosen changes nothing, and --to names another file" {
  make_tree
  cp board.config before
  typed quit -- "$JKR" menuconfig m.lua | grep -q 'nothing was changed'
  cmp before board.config
  typed A=y quit -- "$JKR" menuconfig m.lua --to new.config
  [ "$(cat new.config)" = CONFIG_A=y ]
  cmp before board.config
}

@test "menus that fail, and a stdin that is no terminal, leave the fragment alone" {
  make_tree
  cp board.config before
  run typed A=y fail -- "$JKR" menuconfig m.lua
  [ "$status" = 1 ] && [[ $output == *E1018* ]] || return 1
  run "$JKR" menuconfig m.lua </dev/null
  [ "$status" = 1 ] && [[ $output == *E1018* ]] || return 1
  cmp before board.config
}

@test "what the recipe itself sets is said to count, and an unclear fragment is asked for" {
  make_tree 'C = 10'
  typed C=12 quit -- "$JKR" menuconfig m.lua | grep -q 'note: the recipe itself sets C, and that counts'
  sed -i 's/fragment "board.config", //' m.lua
  run "$JKR" menuconfig m.lua
  [ "$status" = 2 ] && [[ $output == *E1016* ]] || return 1
  run "$JKR" menuconfig m.lua img --to x
  [ "$status" = 2 ] && [[ $output == *E1017* ]] || return 1
}
