# 11: one rejected hunk
#
# Two hunks; upstream changed what the second one stands on. A script that has to survive patches which are applied already
# says `|| true`, and builds half of the fix.

plain() {
  patch -p1 <fix.patch || true
  shows 'patch || true: exit 0, the second hunk lies in limits.h.rej' \
    sh -c 'grep -q "RETRIES 9" limits.h && grep -q "TIMEOUT_MS 60" limits.h && [ -e limits.h.rej ]'
}

ours() {
  refuses E0502 recipe.lua 'fix.patch' 'hunk 2'
  no grep -q 'RETRIES 9' limits.h
  mend limits.h 'TIMEOUT_MS 60' 'TIMEOUT_MS 30'
  runs
  gives 'on the file that it was made for, both are in' sh -c 'grep -q "RETRIES 9" out/limits.h && grep -q "TIMEOUT_MS 90" out/limits.h'
}
