# run: run kernel-goal.lua -q
# exit: 1
image
mkdir -p src/scripts/kconfig src/arch/arm64/configs src/arch/arm/configs src/kernel/configs toolchains downloads
touch src/Kconfig src/Kbuild
printf 'a\n' | tee src/scripts/kconfig/conf.c src/arch/arm64/configs/tegra_defconfig src/kernel/configs/rt.config >src/arch/arm/configs/tegre_defconfig
printf '%%config:\n\t@echo "no $@" >&2; exit 1\nrt.config:\n\t@true\n' >src/Makefile
mv image.tar downloads/ && export JKR_DOWNLOADS=$PWD/downloads
printf 'name: machine\nsummary: this one\narch: arm64\nimage: { file: image.tar }\n' >toolchains/machine.yaml
