tar_of src.tar symlink:a.c=b.c file:b.c
patch_of two.patch a.c '-two' '+TWO'
