# run: ls refs https://example.org/driver.git --offline
# exit: 5
true
