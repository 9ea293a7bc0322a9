#!/bin/bash
# source_sync.sh: would fetch the sources with git. This BSP is for machines without network: they are in public_sources.tbz2.
#
# usage: source_sync.sh -t TAG [-k]
dir=$(cd "$(dirname "$0")" && pwd)
link=$dir/nvidia-oot/drivers/net/ethernet/nvidia/nvethernet/nvethernetrm
if [ -d "$dir/nvethernetrm" ] && [ ! -e "$link" ]; then
  ln -s ../../../../../../nvethernetrm "$link"
fi
[ -d "$dir/nvidia-oot" ] && exit 0
echo "source_sync.sh: no network; unpack public_sources.tbz2 instead" >&2
exit 1
