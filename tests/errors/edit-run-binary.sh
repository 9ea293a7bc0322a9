printf 'a\0b' >logo.bin
tar -cf src.tar logo.bin
