: >linux.tar
