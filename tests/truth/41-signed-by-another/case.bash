# 41: signed by another key, where signatures are enforced
#
# The kernel has MODULE_SIG_FORCE. Its build made a key for itself; the vendor's modules bear the vendor's signature, and modinfo shows a signer.
# shellcheck source=tests/truth/modules.bash
. "$TRUTH/modules.bash"

# shellcheck source=tests/module_key.bash
. "$TRUTH/../module_key.bash"

prepare() {
  kernel_says kernel MODVERSIONS MODULE_SIG MODULE_SIG_FORCE
  key_of kernel
  key_of vendor
  module modules/core.ko
  module modules/camera.ko
  sign_module modules/core.ko kernel
  sign_module modules/camera.ko vendor
}

plain() {
  shows 'modinfo: camera.ko has a signer, so it is signed' [ "$(modinfo -F signer modules/camera.ko)" = vendor ]
}

ours() {
  refuses E0714 recipe.lua 'mods, release' '1 module is signed by a key that the kernel does not have' 'camera.ko` (of vendor'
  module modules/camera.ko
  refuses E0707 recipe.lua 'mods, release' 'camera.ko'
  sign_module modules/camera.ko kernel
  runs
  gives 'with the kernel'"'"'s own signature it is delivered' test -e out/camera.ko
}
