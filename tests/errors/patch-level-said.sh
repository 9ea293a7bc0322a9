printf '%s\n' '--- /dev/null' '+++ b/drivers/new.c' '@@ -0,0 +1 @@' '+new' >new.patch
