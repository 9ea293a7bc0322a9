apt_stub
printf '#!/bin/sh\necho nonsense\n' >bin/apt-get
cp bin/apt-get bin/apt-cache
