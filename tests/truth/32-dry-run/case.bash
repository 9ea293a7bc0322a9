# 32: a dry run that writes
#
# make -n runs $(shell …), lines with a +, and makes included files anew. What is asked for its opinion acts.

# state: every name below the project and the store, with type, size, owner and all times
state() { find . "$JKR_STORE" -printf '%p %y %s %U %m %T@ %C@\n' | sort; }

plain() {
  make -s -n -C src
  shows 'make -n: exit 0; it wrote a log and a header' [ -e src/build.log ] && [ -e src/version.h ]
}

ours() {
  export JKR_STORE=$PWD/none
  jkr plan recipe.lua
  jkr run -n recipe.lua -o out
  gives 'with no store, a plan and a dry run make none, and nothing else' [ "$(echo *)" = 'image.tar jkr.yaml linux.tar recipe.lua src' ]
  export JKR_STORE=$STORE
  jkr run recipe.lua -o out -q
  echo '//' >>src/tool.c
  before=$(state)
  jkr run -n recipe.lua -o out
  gives 'with a store, no file, folder or time is another' [ "$before" = "$(state)" ]
}
