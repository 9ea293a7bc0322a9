mkdir -p headers/scripts/basic
echo obj-m >headers/scripts/Makefile
echo "int x;" | gcc -c -x c -o headers/scripts/basic/fixdep -
