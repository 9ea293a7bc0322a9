printf 'bsp:\n  file: bsp.tar\n' >pins.yaml
mkdir profiles && printf 'pins:\n  rootfs:\n    file: abc\ntoolchains:\n  gcc:\n    sha256: abc\n' >profiles/fast.yaml
