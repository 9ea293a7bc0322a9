printf 'one\ntwo\nthree\n' >a.c
sed s/two/TWO/ a.c >b.c
diff -c a.c b.c >old.patch
