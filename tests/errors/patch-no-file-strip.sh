patch_of two.patch drivers/a.c '-two' '+TWO'
