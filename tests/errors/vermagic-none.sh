kernel_config >config
mkdir modules
touch modules/hello.o
