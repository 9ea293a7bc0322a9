echo '<html><body>Please log in</body></html>' >linux.tar.gz
