patch_of one.patch a.c '-two' '+TWO'
patch_of two.patch a.c '-too' '+2'
mail_of one.patch 'Ann Author <ann@example.org>' '[PATCH 1/2] a: shout' >v2.mbox
mail_of two.patch 'Ann Author <ann@example.org>' '[PATCH 2/2] a: =?utf-8?q?z=C3=A4hle?=' >>v2.mbox
