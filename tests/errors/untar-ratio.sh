size=120000000
{
  python3 -c "import tarfile; i = tarfile.TarInfo('zeros'); i.size = $size; print(i.tobuf().decode(), end='')"
  head -c $size /dev/zero
} | gzip -1 >driver.tar.gz
