# archive.bash: a thread of mails on a real web server, where b4 finds it. `work` is helper.bash's.
# shellcheck disable=SC2154

id=20240102030405.1-1-ann@example.org

# start_archive [PORT]: nginx serves archive/ as public-inbox does a list; b4 is told by the user's git configuration
start_archive() {
  archive=$work/archive
  mkdir -p "$archive/www/all" "$archive/tmp"
  port=${1:-$(free_port)}
  cat >"$archive/conf" <<CONF
daemon on; pid $archive/pid; error_log $archive/error.log;
events { }
http { access_log $archive/access.log; client_body_temp_path $archive/tmp; proxy_temp_path $archive/tmp;
fastcgi_temp_path $archive/tmp; uwsgi_temp_path $archive/tmp; scgi_temp_path $archive/tmp;
server { listen 127.0.0.1:$port; root $archive/www; } }
CONF
  chmod 755 "$work" && chmod -R a+rX "$archive"
  nginx -c "$archive/conf" -e "$archive/error.log"
  until_true curl -s -o /dev/null "http://127.0.0.1:$port/"
  export HOME=$work GIT_CONFIG_NOSYSTEM=1
  git config --global user.name Me && git config --global user.email me@example.org
  git config --global b4.midmask "http://127.0.0.1:$port/all/%s"
}

stop_archive() { [ ! -e "$archive/pid" ] || kill "$(cat "$archive/pid")"; }

# free_port: one that nobody listens on now
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# make_thread: three patches of Ann's and a cover letter as mails in mails/, their base in base/, and in am/ what `git am`
# makes of the mailbox want.mbx that b4 itself made
make_thread() {
  git init -q -b main repo
  seq 40 >repo/a.c && seq 40 >repo/b.c
  git -C repo add . && git -C repo commit -qm base && git -C repo tag base
  local n
  for n in 1 2 3; do
    sed -i "$((n * 10))s/\$/ patched $n/" repo/a.c
    [ $n != 2 ] || echo new >repo/new.c
    git -C repo add . && git -C repo commit -qm "a: change $n" -m "Why $n." -m "Signed-off-by: Ann <ann@example.org>" \
      --author 'Ann <ann@example.org>' --date "2024-01-02 03:04:0$n +0200"
  done
  git -C repo format-patch -q --cover-letter --thread -o ../mails base..main
  git -C repo worktree add -q ../base base && rm base/.git
  git -C repo worktree prune
  python3 - "$id" mails/* <<'PY'
import re, sys
for n, path in enumerate(sys.argv[2:]):
    text = open(path).read().replace("*** SUBJECT HERE ***", "a: changes").replace("*** BLURB HERE ***", "Three.")
    ids = lambda m: "<" + sys.argv[1].replace(".1-1-", f".1-{int(m[1]) + 1}-") + ">"
    text = re.sub(r"From: Me <me@example.org>", "From: Ann <ann@example.org>", text)
    text = re.sub(r"Date: .*", f"Date: Tue, 2 Jan 2024 03:04:0{n} +0200", text, count=1)
    text = re.sub(r"(?m)^Message-Id: .*", f"Message-Id: <{sys.argv[1].replace('.1-1-', f'.1-{n + 1}-')}>", text, flags=re.I)
    text = re.sub(r"(?m)^(In-Reply-To|References): .*", rf"\1: <{sys.argv[1]}>", text)
    open(path, "w").write(text)
PY
}

# reply N WHO DATE TEXT: an answer to patch N (0: the cover letter)
reply() {
  local to=${id/.1-1-/.1-$(($1 + 1))-}
  printf '%s\n' 'From mboxrd@z Thu Jan  1 00:00:00 1970' "From: $2 <${2,,}@example.org>" "Date: $3" 'To: list@example.org' \
    "Message-Id: <$2-$1@example.org>" "In-Reply-To: <$to>" "References: <$id> <$to>" \
    "Subject: Re: [PATCH $1/3] a: change $1" '' '> Why' '' "$4" >"mails/9$1-$2"
}

# publish [ORDER]: what the archive has of the thread now, its mails in the order of `ls`, or as `sort` ORDER has them
publish() {
  local mail to
  find mails -type f | sort ${1:+"$1"} | while read -r mail; do cat "$mail" && echo; done | gzip >thread.gz
  for to in 1 2 3 4; do
    mkdir -p "$archive/www/all/${id/.1-1-/.1-$to-}"
    cp thread.gz "$archive/www/all/${id/.1-1-/.1-$to-}/t.mbox.gz"
  done
  chmod -R a+rX "$archive/www"
}

# recipe_of NAME THREAD [MORE]: a recipe that puts the thread's patches onto base/
recipe_of() {
  cat >"$1.lua" <<LUA
local series = fetch "series" { b4 = "$2"${3:-} }
local fix = tree "t" { copy "src" { "base" }, patch "fix" { series / "series.mbx" } }
return { copy "all" { fix }, manifest "made" { fix } }
LUA
}
