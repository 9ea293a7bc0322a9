apt_stub
printf '#!/bin/sh\n' >bin/apt-get
