tar_of a.tar file:a
tar_of b.tar file:b
