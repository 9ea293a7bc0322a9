patch_of same.patch a.c '-two' '+two'
