#!/bin/bash
# growth.sh: how cost grows: a plan and its memory, nothing to do, and untar, over five and three powers of ten.
#
# usage: tests/bench/run.sh growth       draws docs/growth-*.svg from build/bench/growth-*.tsv
#        NOOP_MAX=N (10000) is the largest graph that is built, to measure nothing to do on it: each step is a
#        process and some files, so 100,000 take a quarter of an hour; DRAW=FOLDER puts the pictures elsewhere
# shellcheck source=/dev/null
. "$BENCH_HOME/tests/bench/bench.bash"
noop_max=${NOOP_MAX:-10000}
docs=${DRAW:-$BENCH_HOME/docs}

# cost FILE COMMAND…: median seconds of processor time and largest kB of three runs
cost() {
  peak "$@" >/dev/null && peak "$@" >/dev/null && peak "$@" >/dev/null || return 1
  printf '%s\t%s' "$(cut -f2 "$1" | median)" "$(cut -f3 "$1" | median)"
}

# draw NAME TITLE YLABEL PLOT: growth-NAME.svg
draw() {
  gnuplot <<PLOT
set terminal svg size 640,400 font "sans,13" background "white"
set output "$docs/growth-$1.svg"
set title "$2"
set logscale xy
set rmargin 5
set grid
set key left top
set xlabel "$5"
set ylabel "$3"
set format x "%.0f"
set format y "%g"
plot $4
PLOT
}

plans=$BENCH_OUT/growth-plan.tsv noops=$BENCH_OUT/growth-noop.tsv untars=$BENCH_OUT/growth-untar.tsv
rm -f "$plans" "$noops" "$untars"
for n in 10 100 1000 10000 100000; do
  mkdir "$n" && cd "$n" || exit 1
  python3 "$BENCH_HOME/tests/bench/graph.py" "$n" loop
  export JKR_STORE=$PWD/store
  values=$(cost plan.times "$JKR" plan graph.lua -q) || { cannot "plan, $n steps" "it fails" && continue; }
  printf '%s\t%s\n' "$n" "$values" >>"$plans"
  figure "processor time of a plan, $n steps" - s "$(cut -f1 <<<"$values")"
  # the second run keeps the plan, once nothing that it rests on is younger than two seconds
  if [ "$n" -le "$noop_max" ] && "$JKR" run graph.lua -q && sleep 3 && "$JKR" run graph.lua -q; then
    values=$(cost noop.times "$JKR" run graph.lua -q)
    ninja >ninja.log
    theirs=$(cost ninja.times ninja)
    printf '%s\t%s\t%s\n' "$n" "$values" "$theirs" >>"$noops"
    figure "processor time of nothing to do, $n steps" - s "$(cut -f1 <<<"$values")"
  fi
  cd .. || exit 1
done

for n in 1000 3000 10000 30000 100000; do
  mkdir "untar.$n" && cd "untar.$n" || exit 1
  python3 - "$n" <<'PY'
import io, sys, tarfile
with tarfile.open("in.tar", "w", format=tarfile.USTAR_FORMAT) as t:
    for i in range(int(sys.argv[1])):
        m = tarfile.TarInfo("d%03d/e%02d/f%d" % (i // 1000, i // 50 % 20, i))
        data = (b"file %d\n" % i) * 100
        m.size = len(data)
        t.addfile(m, io.BytesIO(data))
PY
  sum=$(sha256sum in.tar | cut -d' ' -f1)
  echo "return untar \"src\" { \"in.tar\", sha256 = \"$sum\" }" >untar.lua
  mkdir out
  ours=$(JKR_STORE=$PWD/store peak ours "$JKR" run untar.lua -q >/dev/null && awk '{ print $1, $2 }' ours)
  theirs=$(peak theirs tar -xf in.tar -C out >/dev/null && awk '{ print $1, $2 }' theirs)
  printf '%s\t%s\t%s\n' "$n" "${ours// /$'\t'}" "${theirs// /$'\t'}" >>"$untars"
  figure "processor time of untar, $n files" - s "${ours#* }"
  cd .. || exit 1
done

draw plan "A plan with an empty store" "processor time (s), memory (MB)" \
  "'$plans' using 1:2 with linespoints title 'processor time', '' using 1:(\$3/1024) with linespoints title 'memory', 40 title '40 MB' dashtype 2" steps
draw noop "Nothing to do" "processor time (s)" \
  "'$noops' using 1:2 with linespoints title 'jkr run', '' using 1:4 with linespoints title 'ninja'" steps
draw untar "untar of files of 1 kB, hashes included" "processor time (s)" \
  "'$untars' using 1:3 with linespoints title 'jkr run', '' using 1:5 with linespoints title 'tar -xf'" files
