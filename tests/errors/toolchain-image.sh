mkdir toolchains
printf 'prefix: arm-linux-gnueabi-\nimage: bookworm\n' >toolchains/arm.yaml
