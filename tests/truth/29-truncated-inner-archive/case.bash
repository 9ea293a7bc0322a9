# 29: an inner archive that was cut short
#
# The vendor's archive holds archives. A full disk cut one of them, between two of its files: for tar that is an archive like any other.

prepare() {
  mkdir camera
  printf 'obj-m += camera.o\n' >camera/Makefile
  printf 'int camera;\n' >camera/camera.c
  tar -cf whole.tar camera/Makefile camera/camera.c
  head -c 1024 whole.tar >camera.tar # one file of two, each a block of 512 with its name and one of its bytes
  tar -cf bsp.tar camera.tar
  rm -r camera camera.tar
}

plain() {
  tar -xOf bsp.tar camera.tar | tar -xf -
  shows 'tar | tar: exit 0, and no word; one of two files is there' sh -c '[ -e camera/Makefile ] && [ ! -e camera/camera.c ]'
}

ours() {
  refuses E0402 recipe.lua '"bsp.tar", inner' '`bsp.tar:camera.tar` ends after entry 1 without the mark that ends a tar'
  tar -cf bsp.tar --transform s/whole/camera/ whole.tar
  runs
  gives 'of the whole one both are' [ -e out/camera/camera.c ]
}
