printf '%s\n' 'diff --git a/logo.bin b/logo.bin' 'index 1111111..2222222 100644' 'Binary files a/logo.bin and b/logo.bin differ' >logo.patch
