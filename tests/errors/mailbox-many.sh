yes 'From x Mon Sep 17 00:00:00 2001' | head -10001 >list.mbox
