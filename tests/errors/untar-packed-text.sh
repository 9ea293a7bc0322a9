echo 'a text' | gzip -n >linux.tar.gz
