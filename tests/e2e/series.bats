#!/usr/bin/env bats
# series: patches that came by mail end as `git am` ends them, with the same authors, dates and subjects.

load helper
bats_require_minimum_version 1.5.0

# make_series: a repository of made-up commits, its base in base/, and what git am makes of v2.mbox in am/
make_series() {
  export HOME=$work GIT_CONFIG_NOSYSTEM=1
  git config --global user.name Me && git config --global user.email me@example.org
  git init -q -b main repo
  python3 - <<'PY'
import os, random, subprocess
rnd = random.Random(7)
os.chdir("repo")
def git(*args): subprocess.run(("git",) + args, check=True)
def put(name, data):
    os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
    open(name, "wb").write(data)
def lines(n): return [b"line %d \xc3\xa4\n" % rnd.randrange(1000) for _ in range(n)]
for i in range(6): put("d%d/f%d.c" % (i % 3, i), b"".join(lines(60)))
put("old.txt", b"caf\xe9\n" * 9)
put("crlf.txt", b"one\r\ntwo\r\nthree\r\nfour\r\n")
git("add", "-A"); git("commit", "-qm", "base"); git("tag", "base")
people = ["Ann Author <ann@example.org>", "Jörg Müller <jm@example.org>", '"Doe, John" <john@x.org>', "李 明 <lm@example.cn>",
          "Zoë of the very long name that git folds in its headers <zoe@example.com>"]
subjects = ["a: plain", "drm/i915: ändere etwas, das so lang ist, dass der Betreff über mehrere Zeilen gefaltet wird", "[RFC] x: y",
            "Re: answer", "f: =?odd?= words"]
for n in range(20):
    name = "d%d/f%d.c" % ((n % 6) % 3, n % 6)
    text = open(name, "rb").read().splitlines(True)
    at = rnd.randrange(3, len(text) - 3)
    text[at:at + rnd.randrange(2)] = lines(1)
    put(name, b"".join(text))
    if n == 4: put("new/bin", bytes(rnd.randrange(256) for _ in range(500)))
    if n == 5: git("mv", "old.txt", "moved.txt")
    if n == 6: os.chmod("d0/f0.c", 0o755)
    if n == 7: put("moved.txt", b"caf\xe9\n" * 8 + b"th\xe9\n")
    if n == 8: os.symlink("moved.txt", "link")
    if n == 9: git("rm", "-q", "new/bin")
    body = "From the start at 12:00.\n\n>From here\n" if n % 4 == 0 else "Über etwas." if n % 4 == 1 else ""
    git("add", "-A")
    git("commit", "-qm", subjects[n % 5] + " %d" % n, "-m", body, "--author", people[n % len(people)], "--date", "2024-01-%02d 03:04:05 +0230" % (n + 1))
PY
  git -C repo worktree add -q ../base base
  git -C repo worktree add -q -b am ../am base
  git -C repo format-patch -q --stdout --from="List <list@example.org>" base..main >v2.mbox
  sed -i '1i line before all' base/d0/f0.c && cp base/d0/f0.c am/d0/f0.c
  git -C am commit -qam 'moved on'
  rm base/.git
}

# recode CODING [MAILDIR]: v2.mbox with every text in another encoding, as a mailbox or a maildir
recode() {
  python3 - "$@" <<'PY'
import base64, quopri, re, subprocess, sys, os
text = open("v2.mbox", "rb").read()
mails = re.split(rb"(?m)^(?=From [0-9a-f]{40} Mon Sep 17)", text)[1:]
out = []
for mail in mails:
    head, body = mail.split(b"\n\n", 1)
    head = re.sub(rb"\n(MIME-Version|Content-[\w-]+):.*", b"", head)
    body = base64.encodebytes(body) if sys.argv[1] == "base64" else quopri.encodestring(body)
    out.append(head + b"\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: " + sys.argv[1].encode() + b"\n\n" + body + b"\n")
if len(sys.argv) < 3:
    open("coded.mbox", "wb").write(b"".join(out))
else:
    for part in "cur", "new", "tmp": os.makedirs(sys.argv[2] + "/" + part)
    for n, mail in enumerate(out):
        open("%s/%s/%d.host" % (sys.argv[2], "cur" if n < 12 else "new", n + 1), "wb").write(mail.split(b"\n", 1)[1])
PY
}

# same_as_git FOLDER: the tree that jkr made, links, modes and all
same_as_git() {
  diff -r --no-dereference --exclude=.git "$1" am
  [ "$(cd "$1" && find . -type f -perm -u+x)" = "$(cd am && find . -name .git -prune -o -type f -perm -u+x -print)" ]
}

recipe_of() {
  cat >"$1.lua" <<LUA
local fix = tree "t" { copy "src" { "base" }, patch "fix" { "$2" } }
return { copy "all" { fix }, manifest "made" { fix } }
LUA
}

@test "a mailbox of git format-patch ends as git am ends it, authors, dates and subjects kept" {
  make_series
  git -C am am -q ../v2.mbox
  recipe_of mbox v2.mbox
  jkr run mbox.lua -q -o out
  git -C am log --reverse --format='%an <%ae>|%aD|%s' base..am | tail -n +2 >want
  [ "$(wc -l <want)" = 20 ]
  json '"\n".join(p["author"] + "|" + p["date"] + "|" + p["subject"] for p in d["patches"])' <out/BUILD_MANIFEST.json >got
  diff want got
  [ "$(json '[p["name"] for p in d["patches"]][-1]' <out/BUILD_MANIFEST.json)" = v2.mbox#20 ]
  rm -f out/BUILD_MANIFEST.json out/etc/jetson-av-build.json && rmdir out/etc 2>/dev/null || true
  same_as_git out
  [ "$(jkr log mbox.lua fix | grep -c '^v2.mbox#[0-9]* ')" = 20 ]
  jkr log mbox.lua fix | grep -qE '^v2.mbox#2 +1 +- +Jörg Müller <jm@example.org> +drm/i915: ändere'
  jkr log mbox.lua fix | grep -A30 '^patch ' >want
  rm -r "$JKR_STORE/logs" # as where it was not built
  jkr log mbox.lua fix | diff want -
  grep -qE '^v2.mbox#1 +1 +[+]1 +Ann Author' want
}

@test "mails in quoted-printable and base64, in a mailbox and in a maildir, end alike" {
  make_series
  recode quoted-printable
  recode base64 v2
  git -C am am -q ../coded.mbox
  for kind in coded.mbox v2; do
    recipe_of one "$kind"
    jkr run one.lua all -q -o "out-$kind"
    same_as_git "out-$kind"
  done
  git -C am reset -q --hard 'HEAD~20'
  git -C am am -q ../v2
  same_as_git out-v2
  jkr log one.lua fix | grep -qE '^12.host .*Jörg Müller'
}

@test "a series that conflicts in the middle changes nothing, and says at which mail; git am stops there, too" {
  make_series
  sed -i 's/^line.*/changed/' base/d1/f1.c am/d1/f1.c
  git -C am commit -qam 'another base'
  run -128 git -C am am -q ../v2.mbox
  mail=$(cat "$(git -C am rev-parse --git-path rebase-apply/next)")
  recipe_of mbox v2.mbox
  run jkr run mbox.lua -q
  [ "$status" = 1 ]
  [[ $output = *"error[E0502]: mail $mail, \`"*"patch \`v2.mbox#$mail\`: hunk 1 of \`d1/f1.c\` does not apply"* ]]
  [ "$(state fix mbox.lua)" = run ]
  [ "$(jkr log mbox.lua fix | grep -c '^v2.mbox#')" = $((mail - 1)) ]
}
