#!/bin/bash
# same.sh: one recipe gives the same bytes and the same names of results under twelve variations of where and how
# it is built: time, zone, locale, umask, user, number of the user, host, place, order of folders, processors,
# environment, addresses. Every build starts from nothing, in a store and a copy of the project of its own.
#
# usage: same.sh      tests/torture/run.sh gives JKR, WORK and TORTURE; same.py varies and compares
# shellcheck disable=SC2016  # what steps run
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=/dev/null
. "$here/../e2e/helper.bash"
# shellcheck disable=SC2153
mkdir -p "$WORK/project" && chmod 755 "$WORK" && cd "$WORK/project" || exit 1
make_tiny
PATH=$PATH:$(dirname "$(gcc -print-prog-name=cc1)")
make_image gcc cc1 as ls date id sort
mkdir -p configs code extra/sub extra/Sub extra/empty
echo CONFIG_A=y >configs/def
for name in $(seq 20) a B _ ä I ı; do echo "$name" >"extra/$name"; echo "$name" >"extra/sub/x$name"; done
chmod 755 extra/a && ln -s ../a extra/sub/link
cat >code/one.c <<'C'
const char *one(void) { return __FILE__ __DATE__ __TIME__; }
C
sed s/one/two/ code/one.c >code/two.c
cat >code/Makefile <<'MAKE'
all: shown one.o two.o
	cat one.o two.o >both
shown:
	found=$$(find . ! -type d -exec ls -ld --full-time {} + | sort); echo "$$found" >shown; id >>shown; hostname >>shown; env | sort >>shown; umask >>shown
%.o: %.c
	gcc -g -O2 -ffreestanding -c -o $@ $<
MAKE
{ head_of; sed '/^recipe/d; /^return/d' tiny.lua; cat <<'LUA'
local edited = edit "edited" { on = fix, "README", find = "three", replace = "drei" }
local written = write "written" { on = edited, path = "new/hello.txt", text = "hi\n" }
local copied = copy "copied" { "extra", on = written, into = "extra" }
local config = copy "config" { "configs", on = copied, into = "configs" }
local symbols = kconfig_append "symbols" { "configs/def", on = config, symbols = { B = y, C = m } }
local shell = [[(find . ! -type d -exec ls -ld --full-time {} +; find . -type d -printf "%M %T@ %p\\n") | sort >/jkr/out/src; find / -xdev -not -path "/proc/*" | sort >/jkr/out/all
(env | sort; umask; id; hostname) >/jkr/out/about]]
local seen = run_in_container "seen" { "sh", "-c", shell, toolchain = img, mounts = { ["/jkr/tree"] = symbols }, cwd = "/jkr/tree",
                                       outputs = { "src", "all", "about" } }
local compiled = make_in_container "compiled" { "code", toolchain = img, objdir = false, outputs = { "both", "shown" } }
return bundle "same" {
  copy "files" { symbols, into = "files" }, seen, compiled,
  pack "zst" { symbols, name = "all.tar.zst" }, pack "xz" { symbols, name = "all.tar.xz" }, pack "gz" { symbols, name = "all.tar.gz" },
}
LUA
} >same.lua
# what does depend: the control
{ head_of; cat <<'LUA'
return run_in_container "when" { "sh", "-c", "date +%s%N >/jkr/out/when", toolchain = img, outputs = { "when" } }
LUA
} >differs.lua
${CC:-cc} -O2 -Wall -shared -fPIC -o "$WORK/vary.so" "$here/same/vary.c" -ldl -lpthread || exit 1
export PYTHONDONTWRITEBYTECODE=1
exec python3 "$here/same/same.py"
