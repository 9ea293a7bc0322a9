# run: sign batch-07.sha256 key.pem
echo >batch-07.sha256
echo >key.pem
chmod 644 key.pem
