# run: new board pump --from-config running.config --source src --toolchain machine -q
# exit: 1
printf "# Linux/%s %s Kernel Configuration\nCONFIG_A=y\n" arm64 6.1.5 >running.config
image_of config.tar sh cat cp mkdir rm dirname find cmp env true touch make grep sed
mkdir -p src/scripts src/configs toolchains downloads
touch src/Kconfig src/Kbuild
# once only: the same lines give another configuration afterwards
cat >src/Makefile <<'MAKE'
olddefconfig:
	@[ ! -e $(O)/once ] || : >$(O)/.config
	@touch $(O)/once
savedefconfig defconfig allnoconfig alldefconfig:
	@touch $(O)/defconfig $(O)/.config
MAKE
mv config.tar downloads/ && export JKR_DOWNLOADS=$PWD/downloads
printf 'name: machine\nsummary: this one\narch: arm64\nimage: { file: config.tar }\n' >toolchains/machine.yaml
