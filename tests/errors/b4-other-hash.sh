b4_stub 'echo mails'
