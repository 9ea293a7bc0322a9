mail_of /dev/null 'Ann Author <ann@example.org>' '[PATCH 0/2] what this is about' >v2.mbox
