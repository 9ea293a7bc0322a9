# run: run kernel-source.lua -q
# exit: 2
image
mkdir -p linux-6.12/scripts linux-6.12/configs toolchains downloads
touch linux-6.12/Kconfig linux-6.12/Kbuild linux-6.12/Makefile linux-6.12/scripts/a linux-6.12/configs/a
tar -cf linux.tar linux-6.12
mv image.tar downloads/ && export JKR_DOWNLOADS=$PWD/downloads
printf 'name: machine\nsummary: this one\narch: arm64\nimage: { file: image.tar }\n' >toolchains/machine.yaml
