mkdir vendor-driver
touch vendor-driver/Makefile
