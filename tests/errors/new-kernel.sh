# run: new board pump --from-config running.config --toolchain debian-arm64
printf "# Linux/%s %s Kernel Configuration\nCONFIG_A=y\n" 'x",error("y")..".lua' 6.1.5 >running.config
