# 13: a patch that applies only with fuzz
#
# The patch was made for link_open(), which looks different by now. patch lets go of a line at each end of the context, and the change
# goes into link_retry(), which looks alike.

plain() {
  patch -p1 <up.patch
  shows 'patch: exit 0, with fuzz 1; link_retry() has the change that was meant for link_open()' \
    perl -0ne 'exit !/link_retry\(.*\n\{\n\tl->users\+\+;\n\tl->up = 1;/' link.c
}

ours() {
  refuses E0502 recipe.lua up.patch 'hunk 1 of `link.c` does not apply'
  mend link.c '	trace(l);
' ''
  runs
  gives 'where link_open() is as the patch knows it, it goes in there' perl -0ne 'exit !/link_open\(.*\n\{\n\tl->users\+\+;\n\tl->up = 1;/' out/link.c
}
