printf 'bsp:\n  file: bsp.tar\n  sha256: null\n' >pins.yaml
