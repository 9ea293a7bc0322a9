# run: vermagic .
# exit: 3
touch hello.o
