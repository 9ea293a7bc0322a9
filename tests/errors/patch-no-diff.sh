echo '<html>404</html>' >page.patch
