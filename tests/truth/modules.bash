# modules.bash: kernel modules for the cases about modules, made as everybody makes them who has a kernel's headers: C, compiled by Kbuild and linked
# by modpost against the headers that setup.sh keeps. So versions of symbols are those of genksyms, and releases and vermagic those of
# Debian's kernels; a case reads them from there. Sourced by case.bash.

# rt: the board's kernel; stock: the distribution's own, without PREEMPT_RT; arm64: as rt, for another machine
kernels=$KEPT/headers
headers=$kernels/rt # what `module` compiles against

# release: that of the kernel whose $headers these are. Not what include/config/kernel.release says: Debian's build gives another one to make.
release() { cut -s -d '"' -f 2 "$headers/include/generated/utsrelease.h"; }

# source_of NAME WORD…: such a module in C, in this folder. What it uses is declared without its types, for modpost goes by the name; the struct has a
# header, for genksyms does not look into one that only a .c has.
source_of() {
  local word field='' body='' calls=''
  for word in "${@:2}"; do
    case $word in
    field) field='long since;' ;;
    exports:*) body+="int ${word#*:}(struct state *s) { return s->speed; } EXPORT_SYMBOL_GPL(${word#*:}); " ;;
    uses:*) body+="extern int ${word#*:}(void); " calls+="${word#*:}(); " ;;
    esac
  done
  echo "obj-m := $1.o" >Kbuild
  echo "struct state { int speed; $field };" >state.h
  printf '%s\n' '#include <linux/module.h>' '#include "state.h"' "$body" \
    "static int __init begin(void) { pr_info(\"begun\\n\"); $calls return 0; }" 'module_init(begin);' 'MODULE_LICENSE("GPL");' >"$1.c"
}

# module FILE [exports:SYMBOL | uses:SYMBOL | field]…: a module, named by its file. With `field` the struct that its own function takes has one more.
# It is built in built/NAME, where its Module.symvers stays; variables of Kbuild can stand before the word.
module() {
  local name=${1##*/} folder
  name=${name%.ko} folder=$PWD/built/$name
  rm -rf "$folder"
  mkdir -p "$folder" "$(dirname "$1")"
  (cd "$folder" && source_of "$name" "${@:2}")
  make -s -C "$headers" M="$folder" KCFLAGS=-g0 modules
  mv "$folder/$name.ko" "$1"
}

# own_headers FOLDER: a copy of $headers, to be changed
own_headers() {
  local link
  cp -a "$headers/." "$1"
  for link in scripts tools; do [ ! -e "$headers/$link" ] || ln -sfn "$(realpath "$headers/$link")" "$1/$link"; done
  sed -i "s,\.\./,$kernels/usr/src/," "$1/Makefile"
}

# kernel_says FOLDER: what a kernel's build leaves for those who build and check modules: .config, release, Module.symvers
kernel_says() {
  mkdir -p "$1/include/generated"
  cp "$headers/.config" "$headers/Module.symvers" "$1"
  cp "$headers/include/generated/utsrelease.h" "$1/include/generated"
}

# crc SYMBOL FILE: the version of a symbol, as a Module.symvers has it
crc() { awk -v symbol="$1" '$2 == symbol { print $1 }' "$2"; }

# indexed ROOT: `depmod -b ROOT`, as `make modules_install` calls it; what it said is in `words`
indexed() {
  touch "$1/lib/modules/$(release)"/modules.{order,builtin,builtin.modinfo}
  depmod -b "$1" "$(release)" >words 2>&1
}
