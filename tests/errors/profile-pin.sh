printf 'bsp:\n  file: bsp.tar\n  sha256: null\n' >pins.yaml
mkdir profiles && printf 'pins:\n  bsp:\n    sha265: abc\n' >profiles/fast.yaml
