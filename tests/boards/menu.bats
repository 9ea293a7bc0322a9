#!/usr/bin/env bats
# menuconfig on the look-alike: the real menus of its kernel, driven on a terminal as a person does. Nothing is compiled but the
# menus. Started by check.sh, behind `recipes`, whose store it uses; tests/e2e/menuconfig.bats has the cases.

bats_require_minimum_version 1.5.0

setup_file() {
  : "${BOARDS:?started by check.sh}" "${JKR:?the program under test}"
  export NO_COLOR=1 JKR_STORE=$BOARDS/store JKR_DOWNLOADS=$BOARDS/bsp work=$BOARDS/menu
  rm -rf "$work" && mkdir -p "$work" || return 1
  "$BATS_TEST_DIRNAME/project.sh" "$BOARDS/bsp" "$work/project" || return 1
  [ ! -e "$BOARDS/project/jkr.lock" ] || cp "$BOARDS/project/jkr.lock" "$work/project/"
}

setup() { cd "$work/project" || return 1; }
teardown() { terminal kill-server 2>/dev/null || true; }

terminal() { TMUX_TMPDIR=$work tmux -L menu -f /dev/null "$@" 3>&-; }
screen() { terminal capture-pane -p -t menu; }
press() { terminal send-keys -t menu "$@"; }

# shows TEXT: waits until the terminal does
shows() {
  for _ in $(seq 600); do
    [[ $(screen) != *"$1"* ]] || return 0
    sleep 0.5
  done
  screen
  echo "it does not show: $1"
  return 1
}

# opened: the menus on a terminal of their own; behind them it shows how jkr ended
opened() {
  terminal new-session -d -s menu -x 120 -y 40 \
    "'$JKR' menuconfig orin-nx-rt.lua --profile lookalike --to fragments/lookalike.config; echo \"status: \$?\"; exec sleep 900"
  shows 'Kernel Configuration'
}

# chosen SYMBOL KEY: found by the menus' own search, and the key pressed on its line
chosen() {
  press /
  shows 'Search Configuration Parameter'
  press -l "^$1\$"
  press Enter
  shows "Symbol: $1 "
  press 1
  shows 'Arrow keys navigate'
  press "$2"
}

# left KEY: out of every menu, and that key where it asks whether to save
left() {
  for _ in $(seq 200); do
    case $(screen) in
    *'status: '*) return 0 ;;
    *'Do you wish to save'*) press "$1" ;;
    *) press Escape Escape ;;
    esac
    sleep 1
  done
  screen
  return 1
}

@test "a symbol that is chosen in the kernel's menus is one more line of the fragment, and the next configuration has it" {
  cp fragments/lookalike.config before
  opened
  chosen PRINTK_TIME y
  shows '[*] Show timing information on printks'
  left Enter
  screen
  shows 'status: 0'
  run diff before fragments/lookalike.config
  echo "$output"
  [ "$(grep -c '^[<>]' <<<"$output")" = 1 ]
  [[ $output == *'> CONFIG_PRINTK_TIME=y' ]]
  "$JKR" run orin-nx-rt.lua linux/honoured --profile lookalike -o "$work/config"
  grep -qx CONFIG_PRINTK_TIME=y "$work/config/.config"
}

@test "menus that are left without saving change nothing" {
  cp fragments/lookalike.config before
  opened
  chosen MAGIC_SYSRQ y
  left n
  screen
  shows 'status: 0'
  [[ $(screen) == *'nothing was changed'* ]]
  cmp before fragments/lookalike.config
}
