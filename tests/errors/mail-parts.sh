printf '%s\n' 'From: Ann Author <ann@example.org>' 'Subject: [PATCH] signed' \
  'Content-Type: multipart/signed; boundary="x"' '' '--x' 'Content-Type: text/plain' '' >v2.mbox
