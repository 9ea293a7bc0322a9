# 59: order and times in an archive
#
# tar takes the files as the folder lists them, with the times at which they were written, and gzip adds its own.

plain() {
  sh src/build.sh . && mv rootfs.tar.gz first.tar.gz
  rm -r root
  sleep 1.1
  sh src/build.sh .
  shows 'tar -czf: exit 0 twice; the same files, other bytes' no cmp -s first.tar.gz rootfs.tar.gz
}

ours() {
  lints src/build.sh 'tar -C' 'order, times or owners' '--sort=name'
  differs 'run_in_container' '`rootfs.tar.gz`: member' ': time ' '--mtime=@$SOURCE_DATE_EPOCH'
  mend src/build.sh 'tar -C' 'tar --sort=name --mtime=@$SOURCE_DATE_EPOCH --owner=0 --group=0 -C'
  clean
  equal 'with order and time given two builds are equal'
  cp recipe.lua by-hand.lua
  mend src/build.sh 'tar --sort=name --mtime=@$SOURCE_DATE_EPOCH --owner=0 --group=0 -C "$1/root" -czf "$1/rootfs.tar.gz" .' ''
  mend recipe.lua 'return built' 'return pack "rootfs" { built / "root", name = "rootfs.tar.gz" }'
  equal 'and so is what `pack` makes, without a word'
}
