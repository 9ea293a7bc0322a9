mkdir patches
echo '# none yet' >patches/series
