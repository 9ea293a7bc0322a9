tar_of src.tar symlink:etc=/etc
