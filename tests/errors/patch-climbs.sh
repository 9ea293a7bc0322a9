patch_of two.patch ../../etc/passwd '-two' '+TWO'
