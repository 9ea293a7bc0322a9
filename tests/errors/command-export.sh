echo 'a file' >out
