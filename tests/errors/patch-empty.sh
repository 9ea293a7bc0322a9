: >empty.patch
