mkdir v2 && patch_of v2/1.patch a.c '-two' '+TWO'
