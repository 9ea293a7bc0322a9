patch_of two.patch driver/a.c '-two' '+TWO'
