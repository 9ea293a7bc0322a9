local gcc = toolchain "debian-arm46"
