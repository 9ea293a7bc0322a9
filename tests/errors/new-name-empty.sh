# run: new
printf "# Linux/%s %s Kernel Configuration\nCONFIG_A=y\n" arm64 6.1.5 >running.config
jkr() { "$jkr" new board '' --from-config running.config; }
