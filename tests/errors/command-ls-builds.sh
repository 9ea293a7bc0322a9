# run: ls builds
