# jkr refuses at another line
prepare() { cp "$TRUTH"/11-rejected-hunk/{recipe.lua,limits.h,fix.patch} .; }

plain() { shows 'exit 0' true; }
ours() { refuses E0502 recipe.lua 'return bundle' 'hunk 2'; }
