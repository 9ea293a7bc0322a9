mkdir headers
echo obj-m >headers/Makefile
