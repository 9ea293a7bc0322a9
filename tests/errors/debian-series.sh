change='rm'
. "$pairs/debian-diff.sh"
