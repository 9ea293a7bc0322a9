# 60: each of these named before the build, and after two
#
# One small image with all of 54 to 59 in it. Before anything is built, `jkr lint` names each line. Then two builds are compared: which file, which
# section or member, and why.

prepare() { cp "$TRUTH/55-signing-key/src/driver.c" src; }

plain() {
  sh src/build.sh src image && sh src/order.sh image && mv image first
  sleep 1.1
  sh src/build.sh src image && sh src/order.sh image
  shows 'two builds by a script: exit 0' [ -s image/boot.tar ]
  no cmp first/version image/version >said
  shows 'cmp: "differ: char" and a number, and neither section nor cause' grep -q 'differ: char' said
}

ours() {
  lints src/build.sh 'date +%T' 'the time of the build'
  lints src/build.sh 'openssl req' 'a key that the build generates'
  lints src/build.sh 'mktemp -d' 'the path of the build'
  lints src/build.sh 'tar -C' "an archive's files"
  lints src/Makefile 'list of jobs' 'the order in which jobs end'
  gives 'the host name is noted' grep -q '^note: src/build.sh:6: `uname -n`: ' said
  gives 'six places in all, and nothing was built' sh -c '[ "$(grep -c "^error\[E1210\]" said)" = 6 ] && ! [ -e out ]'
  differs 'run_in_container "image"' '`version`: line 1: ' '(the time of the build)'
  gives 'the key' grep -q '`key.pem`: line .* (a key that the build generates)' said
  gives 'the section .debug_line_str, by its path' grep -qE '`driver.o`: .* in section \.debug_(line_)?str: .*/tmp/tmp\..* \(the path of the build\)' said
  gives 'the member of boot.tar, by its time' grep -q '`boot.tar`: member .*: time .* (order, times or owners' said
  jkr run recipe.lua order --fresh -j2 --twice -q >said 2>&1 || true # beside another step it had one job
  gives 'and in step `order` what two jobs wrote' grep -q '`order`: line 1: .*the same words in another order' said
}
