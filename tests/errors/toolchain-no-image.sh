mkdir toolchains
printf 'arch: arm\nprefix: arm-linux-gnueabi-\n' >toolchains/arm.yaml
