mkdir toolchains
printf 'prefix: arm-\nprefix: arm-linux-\n' >toolchains/arm.yaml
