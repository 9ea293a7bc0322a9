# run: new board pump --from-config running.config --source src --toolchain machine -q
# exit: 1
printf "# Linux/%s %s Kernel Configuration\nCONFIG_A=y\n" arm64 6.1.5 >running.config
image
mkdir -p src/scripts src/configs toolchains downloads
touch src/Kconfig src/Kbuild
printf 'olddefconfig:\n\t@true\n' >src/Makefile
mv image.tar downloads/ && export JKR_DOWNLOADS=$PWD/downloads
printf 'name: machine\nsummary: this one\narch: arm64\nimage: { file: image.tar }\n' >toolchains/machine.yaml
