#!/bin/sh
# layout.sh: /jkr/in/dtbs, as dtbs_install of any tree leaves it, in the shape of the boot folder: device trees beside the
# kernel, overlays and their maps in overlays/. With them come the overlays of /jkr/in/overlays.
set -eu
mkdir overlays
find -L /jkr/in/dtbs -name '*.dtb' ! -name '*_map.dtb' -exec cp {} . \;
find -L /jkr/in -name '*.dtbo' -exec cp {} overlays/ \;
find -L /jkr/in/dtbs -name '*_map.dtb' -exec cp {} overlays/ \;
