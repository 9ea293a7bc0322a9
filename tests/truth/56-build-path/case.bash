# 56: the path of the build
#
# Debug information holds the folder in which the compiler was called. A colleague has another one; a script that builds in a folder of mktemp has
# another each time.

plain() {
  cp -R src colleague
  sh src/build.sh "$PWD/src" && sh colleague/build.sh "$PWD/colleague"
  shows 'gcc -g: exit 0 in both folders; the same source, other bytes' no cmp -s src/driver.o colleague/driver.o
}

ours() {
  lints src/build.sh 'mktemp -d' 'the path of the build'
  differs 'run_in_container' '`driver.o`: ' 'section .debug' '(the path of the build)'
  mend src/build.sh '$(mktemp -d)' '$1'
  clean
  equal 'in a folder of one name two builds are equal'
  mv out/driver.o here.o
  mkdir ../colleague
  cp -R recipe.lua jkr.yaml src image.tar ../colleague
  cd ../colleague || return 1
  runs --fresh
  gives 'and in another project, too: it is /jkr/src' cmp out/driver.o "$OLDPWD/here.o"
}
