# run: ls refs
true
