printf '%s\n' '--- /dev/null' '+++ new/drivers/new.c' '@@ -0,0 +1 @@' '+one' >new.patch
