mkdir -p VENDOR-driver vendor-driver
