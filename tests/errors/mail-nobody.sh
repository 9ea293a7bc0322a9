patch_of v2.mbox a.c '-two' '+TWO'
