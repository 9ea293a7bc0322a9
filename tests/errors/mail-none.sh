: >v2.mbox
