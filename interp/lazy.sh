#!/bin/sh
# lazy.sh: prints assembly that puts off loading the shared libraries that most runs never use.
#
# usage: interp/lazy.sh "LIBRARY…" OBJECT… >FILE.S       LIBRARY: archive, for libarchive.so
#
# Each function of a library that the objects call becomes one that jumps through a slot. The slot leads
# first to lazy_bind() (base/lazy.c), which loads the library and fills in the real address: what the
# dynamic linker does for functions, done for whole libraries. x86-64 only.
set -eu
LC_ALL=C
export LC_ALL
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
libraries=$1
shift
nm "$@" | sed -n 's/^[0-9a-f]* *[TDBRVW] //p' | sort -u >"$work/ours"
nm -u "$@" | sed -n 's/^ *U //p' | sort -u | comm -23 - "$work/ours" >"$work/undefined"

: >"$work/names"
: >"$work/files"
number=0
for library in $libraries; do
  file=$(${CC:-cc} -print-file-name="lib$library.so")
  readelf -d "$file" | sed -n 's/.*(SONAME).*\[\(.*\)\]/\1/p' >>"$work/files"
  nm -D --defined-only "$file" | sed -n 's/.* [TtWi] \([^@]*\).*/\1/p' | sort -u | comm -12 - "$work/undefined" |
    grep -v '^SHA' | # base/hash.c has those from the static library
    sed "s/\$/ $number/" >>"$work/names"
  number=$((number + 1))
done

cat <<'ASM'
	.text
	.hidden lazy_bind
	.type lazy_first, @function
lazy_first:
	push %rax
	push %rdi
	push %rsi
	push %rdx
	push %rcx
	push %r8
	push %r9
	sub $136, %rsp
	movaps %xmm0, (%rsp)
	movaps %xmm1, 16(%rsp)
	movaps %xmm2, 32(%rsp)
	movaps %xmm3, 48(%rsp)
	movaps %xmm4, 64(%rsp)
	movaps %xmm5, 80(%rsp)
	movaps %xmm6, 96(%rsp)
	movaps %xmm7, 112(%rsp)
	mov 192(%rsp), %rdi
	call lazy_bind
	mov %rax, %r11
	movaps (%rsp), %xmm0
	movaps 16(%rsp), %xmm1
	movaps 32(%rsp), %xmm2
	movaps 48(%rsp), %xmm3
	movaps 64(%rsp), %xmm4
	movaps 80(%rsp), %xmm5
	movaps 96(%rsp), %xmm6
	movaps 112(%rsp), %xmm7
	add $136, %rsp
	pop %r9
	pop %r8
	pop %rcx
	pop %rdx
	pop %rsi
	pop %rdi
	pop %rax
	add $8, %rsp
	jmp *%r11
ASM
awk '{
  n = NR - 1
  printf "\t.globl %s\n\t.hidden %s\n\t.type %s, @function\n%s:\n\tjmp *lazy_slots+%d(%%rip)\n", $1, $1, $1, $1, 8 * n
  printf ".Lfirst%d:\n\tpush $%d\n\tjmp lazy_first\n", n, n
  slots = slots sprintf("\t.quad .Lfirst%d\n", n)
  names = names sprintf("\t.quad .Lname%d\n", n)
  of = of sprintf("\t.byte %d\n", $2)
  texts = texts sprintf(".Lname%d:\n\t.asciz \"%s\"\n", n, $1)
}
function table(name, rows) { printf "\t.globl %s\n\t.hidden %s\n%s:\n%s", name, name, name, rows }
END {
  printf "\t.data\n\t.balign 8\n"; table("lazy_slots", slots)
  printf "\t.section .data.rel.ro,\"aw\"\n\t.balign 8\n"; table("lazy_names", names)
  printf "\t.section .rodata\n"; table("lazy_library", of); printf "%s", texts
}' "$work/names"
printf '\t.section .rodata\n'
awk '{ printf ".Lfile%d:\n\t.asciz \"%s\"\n", NR, $1; rows = rows sprintf("\t.quad .Lfile%d\n", NR) }
  END { printf "\t.section .data.rel.ro,\"aw\"\n\t.balign 8\n\t.globl lazy_files\n\t.hidden lazy_files\nlazy_files:\n%s", rows }' "$work/files"
printf '\t.section .note.GNU-stack,"",@progbits\n'
