printf '%s\n' '--- drivers/b.c' '+++ drivers/b.c' '@@ -1,3 +1,3 @@' ' one' '-two' '+TWO' ' three' >two.patch
