mkdir toolchains
printf 'prefix: arm-linux-gnueabi-\nenv:\n  CROSS-COMPILE: arm-\nimage: { suite: bookworm, packages: [gcc] }\n' >toolchains/arm.yaml
