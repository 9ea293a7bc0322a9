mkdir patches
patch_of patches/two.patch a.c '-two' '+TWO'
echo 'two.patch -F3' >patches/series
