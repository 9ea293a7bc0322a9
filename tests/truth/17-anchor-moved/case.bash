# 17: the place of an edit moved
#
# The script knows the line number. A release later the file has two lines more, and the edit hits another one.

plain() {
  sed -i '4s/$/ hello.o/' Makefile # obj-m of last year
  shows 'sed 4s: exit 0; hello.o is built in, under the condition of another driver' grep -qx 'obj-\$(CONFIG_DEBUG) += trace.o hello.o' Makefile
}

ours() {
  runs
  gives 'edit finds its line by its text, wherever it is' grep -qx 'obj-m += link.o hello.o' out/Makefile
  mend Makefile 'obj-m += link.o' 'obj-m := link.o'
  refuses E0561 recipe.lua 'find = '
}
