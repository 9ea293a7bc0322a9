printf '%s\n' '--- a/a.c' '+++ b/a.c' '@@ -1,3 +1,3 @@' ' one' '-two' >cut.patch
