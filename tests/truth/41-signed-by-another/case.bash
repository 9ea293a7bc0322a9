# 41: signed by another key, where signatures are enforced
#
# The kernel has MODULE_SIG_FORCE. Its build made a key for itself; the vendor's modules bear the vendor's signature, and modinfo shows a signer.
# shellcheck source=tests/truth/modules.bash
. "$TRUTH/modules.bash"

# shellcheck source=tests/module_key.bash
. "$TRUTH/../module_key.bash"

# signed FILE NAME: by the kernel's own program, with what the kernel's configuration has as hash
signed() { "$headers/scripts/sign-file" "$(sed -n 's/^CONFIG_MODULE_SIG_HASH="\(.*\)"/\1/p' kernel/.config)" "$2.key" "$2.pem" "$1"; }

prepare() {
  kernel_says kernel
  mend kernel/.config '# CONFIG_MODULE_SIG_FORCE is not set' CONFIG_MODULE_SIG_FORCE=y
  key_of kernel
  key_of vendor
  module modules/core.ko
  module modules/camera.ko
  signed modules/core.ko kernel
  signed modules/camera.ko vendor
}

plain() {
  shows 'modinfo: camera.ko has a signer, so it is signed' [ "$(modinfo -F signer modules/camera.ko)" = vendor ]
}

ours() {
  refuses E0714 recipe.lua 'mods, kernel' '1 module is signed by a key that the kernel does not have' 'camera.ko` (of vendor'
  module modules/camera.ko
  refuses E0707 recipe.lua 'mods, kernel' 'camera.ko'
  signed modules/camera.ko kernel
  runs
  gives 'with the kernel'"'"'s own signature it is delivered' test -e out/camera.ko
}
