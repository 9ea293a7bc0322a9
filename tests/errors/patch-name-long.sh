name=$(printf '%300s' '' | tr ' ' n)
printf '%s\n' "diff --git a/$name b/$name" 'new file mode 100644' '--- /dev/null' "+++ b/$name" '@@ -0,0 +1 @@' '+x' >long.patch
