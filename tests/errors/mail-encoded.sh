patch_of one.patch a.c '-too' '+2'
{
  printf '%s\n' 'From: Ann Author <ann@example.org>' 'Subject: count' 'Content-Transfer-Encoding: base64' ''
  base64 one.patch
} >v2.mbox
