printf '%s\n' 'From: Ann Author <ann@example.org>' 'Subject: [PATCH] broken' \
  'Content-Type: text/plain; charset=UTF-8; format=flowed' '' 'Text' >v2.mbox
