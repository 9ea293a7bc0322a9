# run: sign batch-07.sha256 key.pem
echo >batch-07.sha256
echo rubbish >key.pem
chmod 600 key.pem
