# modules.bash: small kernel modules for the cases about modules: real ELF files of the real assembler, with the sections that modpost writes,
# without a kernel behind them. Sourced by case.bash.

vermagic='6.12.5-board SMP preempt_rt mod_unload modversions '

# module FILE [uses:SYMBOL=CRC | exports:SYMBOL=CRC]…: a module, named by its file
module() {
  local file=$1 word symbol crc
  mkdir -p "$(dirname "$file")"
  shift
  {
    printf '.section .modinfo,"a"\n.asciz "name=%s"\n.asciz "license=GPL"\n.asciz "depends="\n.asciz "vermagic=%s"\n' \
      "$(basename "$file" .ko | tr - _)" "$vermagic"
    printf '.section .gnu.linkonce.this_module,"aw"\n.fill 64\n'
    for word; do
      symbol=${word#*:} crc=${word#*=} symbol=${symbol%=*}
      case $word in
      uses:*) printf '.section __versions,"a"\n.quad %s\n1: .asciz "%s"\n.fill 56 - (. - 1b)\n.text\ncall %s\n' "$crc" "$symbol" "$symbol" ;;
      exports:*)
        printf '.text\n.globl %s\n%s: ret\n.section __ksymtab,"a"\n__ksymtab_%s: .long 0, 0, 0\n' "$symbol" "$symbol" "$symbol"
        printf '.section __kcrctab,"a"\n__crc_%s: .long %s\n' "$symbol" "$crc"
        ;;
      esac
    done
  } | as -o "$file" -
}

# kernel_says FOLDER [OPTION…]: what a kernel's build leaves for those who build modules: .config, release, Module.symvers
kernel_says() {
  local folder=$1
  mkdir -p "$folder/include/config"
  shift
  printf 'CONFIG_%s=y\n' X86 X86_64 64BIT SMP PREEMPT_RT MODULES MODULE_UNLOAD "$@" >"$folder/.config"
  echo 6.12.5-board >"$folder/include/config/kernel.release"
  printf '0x%08x\t%s\tvmlinux\tEXPORT_SYMBOL\t\n' 0x11 module_layout 0x22 _printk 0x33 register_sensor >"$folder/Module.symvers"
}

# indexed ROOT: `depmod -b ROOT`, as `make modules_install` calls it; what it said is in `words`
indexed() {
  touch "$1"/lib/modules/6.12.5-board/modules.{order,builtin,builtin.modinfo}
  depmod -b "$1" 6.12.5-board >words 2>&1
}

# for_arm64 FILE…: the header of an ELF file says so
for_arm64() {
  local file
  for file; do printf '\267\0' | dd of="$file" bs=1 seek=18 conv=notrunc status=none; done
}
