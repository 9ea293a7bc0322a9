kernel_config >config
echo '<html>' >hello.ko
