patch_of two.patch a.c '-two' '+TWO'
