apt_stub
mmdebstrap_stub 'echo "E: unable to run chroot" >&2; exit 25'
