touch hello.ko
