# run: new board pump --from-config running.config
printf "# Linux/%s %s Kernel Configuration\nCONFIG_A=y\n" riscv 6.1.5 >running.config
