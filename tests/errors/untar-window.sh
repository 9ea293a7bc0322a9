# a frame of zstd that asks for a window of 2 GiB
printf '\050\265\057\375\000\250\000\000\000\000\000\000' >driver.tar.zst
