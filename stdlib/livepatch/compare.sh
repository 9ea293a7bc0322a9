#!/bin/sh
# compare.sh MAKE ARGUMENT…: run after make has prepared the kernel of /jkr/src in /jkr/build. Compiles it there; then once more,
# in a copy of that, with the files of /jkr/patched that the patches of /jkr/patches name, and leaves in /jkr/out/klp the source of
# a module: the functions that differ, and what puts them in the place of the running kernel's. /jkr/out/functions lists them.
set -eu
jkr=${TOP:-/jkr}
work=$jkr/out/work klp=$jkr/out/klp
mkdir -p "$work" "$klp"
compiler=$(command -v gcc || command -v clang)
"$compiler" -O2 -o "$work/klp" "$jkr"/klp/*.c

# objects are all that is looked at; to link a kernel with a section for each function takes long, and objtool has thousands of
# words about it. vmlinux.a is no goal that a user can name: make takes what ends in .a for a single file of a folder.
target=vmlinux
! grep -q '^descend:' "$jkr/src/Makefile" || target=descend # 5.5 to 5.19
! grep -qE '^build-dir[[:space:]]*:= \.$' "$jkr/src/Makefile" || target=.
"$@" "$target"

cp -a --reflink=auto "$jkr/build" "$work/build"
touch "$work/before"
find "$jkr/patches" -type f -exec cat {} + | sed -nE 's,^(---|\+\+\+) [^/[:space:]]*/([^[:space:]]+).*,\2,p' | sort -u >"$work/names"
while read -r name; do
  if [ -e "$jkr/patched/$name" ]; then
    mkdir -p "$jkr/src/$(dirname "$name")"
    cat "$jkr/patched/$name" >"$jkr/src/$name"
    touch "$jkr/src/$name"
  else
    rm -f "$jkr/src/$name"
  fi
done <"$work/names"

for word; do # make's own words, with another build directory
  shift
  case $word in O=*) word=O=$work/build ;; esac
  set -- "$@" "$word"
done
"$@" "$target"

cd "$work/build"
find . -name '*.o' -newer "$work/before" ! -name '.*' ! -name 'vmlinux.o' ! -name '*.mod.o' ! -path './scripts/*' ! -path './tools/*' |
  sort >"$work/remade"
: >"$jkr/out/functions"
n=0
while read -r object; do
  object=${object#./}
  if ! [ -e "$jkr/build/$object" ]; then
    echo "error: $object: it is new, and a live patch cannot bring a whole object" >&2
    exit 1
  fi
  cmp -s "$jkr/build/$object" "$object" && continue
  code=0
  "$work/klp" take "$jkr/build/$object" "$object" "$jkr/devel/System.map" "$jkr/devel/Module.symvers" "$klp/code$n.o_shipped" \
    >"$work/list" || code=$?
  case $code in
  0)
    sed "s|\$| $object|" "$work/list" >>"$jkr/out/functions"
    : >"$klp/.code$n.o.cmd" # modpost looks there for sources
    n=$((n + 1))
    ;;
  4) ;;
  *) exit 1 ;;
  esac
done <"$work/remade"
if ! grep -q '^= ' "$jkr/out/functions"; then
  echo "error: no function of the kernel differs: what the patches change is not compiled into it, or does not change its code" >&2
  exit 1
fi

# what the kernel calls, and what it shall call
{
  printf '#include <linux/livepatch.h>\n#include <linux/module.h>\n\n'
  sed -n 's/^= \([^ ]*\) .*/\1/p' "$jkr/out/functions" | awk '{ printf "extern char klp_new_%d[] __asm__(\"%s\");\n", NR, $1 }'
  printf '\nstatic struct klp_func functions[] = {\n'
  sed -n 's/^= \([^ ]*\) .*/\1/p' "$jkr/out/functions" | awk '{ printf "\t{ .old_name = \"%s\", .new_func = klp_new_%d },\n", $1, NR }'
  cat <<'C'
	{ }
};

static struct klp_object objects[] = { { .funcs = functions }, { } };
static struct klp_patch patch = { .mod = THIS_MODULE, .objs = objects };

static int __init begin(void)
{
	return klp_enable_patch(&patch);
}

static void __exit end(void)
{
}

module_init(begin);
module_exit(end);
MODULE_DESCRIPTION("functions in the place of the kernel's own");
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
C
} >"$klp/patch.c"
cat "$jkr/out/functions"
rm -rf "$work"
