mkdir -p src vendor/patches && echo a >src/a && echo b >vendor/patches/README
