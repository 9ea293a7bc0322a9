# run: sign bsp key.pem
mkdir bsp
echo >key.pem
chmod 600 key.pem
