mkdir sources
touch sources/a
