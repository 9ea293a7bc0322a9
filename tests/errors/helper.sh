#!/bin/bash
# helper.sh: inputs that several pairs need; run.sh reads it.

# tar_of ARCHIVE KIND:NAME[=TARGET]…: a tar with members of these kinds and names, whatever they are
tar_of() {
  python3 - "$@" <<'PY'
import io, sys, tarfile
kinds = {"file": tarfile.REGTYPE, "link": tarfile.LNKTYPE, "symlink": tarfile.SYMTYPE, "device": tarfile.BLKTYPE}
with tarfile.open(sys.argv[1], "w") as tar:
    for member in sys.argv[2:]:
        kind, name = member.split(":", 1)
        name, _, target = name.partition("=")
        info = tarfile.TarInfo(name)
        info.type, info.linkname, info.devmajor = kinds[kind], target, 8
        tar.addfile(info)
PY
}

# patch_of PATCH FILE OLD NEW: a patch that changes the middle one of three lines
patch_of() {
  printf '%s\n' "--- a/$2" "+++ b/$2" '@@ -1,3 +1,3 @@' ' one' "$3" "$4" ' three' >"$1"
}

# mail_of PATCH FROM SUBJECT: the patch as git format-patch writes it
mail_of() {
  printf '%s\n' 'From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001' "From: $2" \
    'Date: Tue, 2 Jan 2024 03:04:05 +0100' "Subject: $3" '' 'Text.' '---'
  cat "$1"
  printf '%s\n' '-- ' '2.39.5' ''
}

# http_server: serves this folder on a port of loopback, $port
http_server() {
  python3 -u -m http.server --bind 127.0.0.1 0 >server.log 2>&1 &
  until port=$(sed -n 's/.* port \([0-9]*\).*/\1/p' server.log) && [ -n "$port" ]; do sleep 0.05; done
}

# git_repository FOLDER: one commit on main
git_repository() {
  export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
  export GIT_AUTHOR_DATE='@1 +0000' GIT_COMMITTER_DATE='@1 +0000'
  git init -q -b main "$1"
  echo text >"$1/README"
  git -C "$1" add README
  git -C "$1" commit -qm first
}

# checkout_of RECIPE: a checkout of its step `src` in ./mine, with a store and a name for git of its own
checkout_of() {
  export JKR_STORE=$PWD/store GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
  export GIT_AUTHOR_DATE='@1 +0000' GIT_COMMITTER_DATE='@1 +0000'
  "$jkr" edit "$1" src mine -q
}

# apt_stub: an apt that knows the suite bookworm, and in it nothing but package `gcc`
apt_stub() {
  mkdir bin
  cat >bin/apt-get <<'SH'
#!/bin/sh
case "$*" in
*indextargets*URI*) echo "http://127.0.0.1/debian bookworm main amd64" ;;
*indextargets*) echo bookworm; echo bookworm-security ;;
*only-source*=*) echo "E: Can not find version '9.9' of package 'hello'" >&2; exit 100 ;;
*only-source*) echo "E: Unable to find a source package for hello" >&2; exit 100 ;;
*download*=*) echo "E: Version '6.12.5-1' for 'linux-source-6.12' was not found" >&2; exit 100 ;;
*download*) echo "E: No packages found" >&2; exit 100 ;;
*install*sauce*) echo "E: Unable to locate package gcc-sauce" >&2; exit 100 ;;
*install*) echo "'http://127.0.0.1/gcc_12.2_amd64.deb' gcc_12.2_amd64.deb 10 SHA256:$(printf 0%.0s $(seq 64))" ;;
esac
SH
  printf '#!/bin/sh\necho amd64\n' >bin/dpkg
  chmod +x bin/*
  PATH=$PWD/bin:$PATH
}

# b4_stub AM [MBOX]: a b4 whose `b4 am` and `b4 mbox` are these lines of shell
b4_stub() {
  mkdir bin
  cat >bin/b4 <<SH
#!/bin/sh
case "\$*" in
*mbox*) ${2:-mkdir -p thread/new && echo "Subject: x" >thread/new/1} ;;
*) cat >/dev/null; $1 ;;
esac
SH
  chmod +x bin/b4
  PATH=$PWD/bin:$PATH
}

# image_of ARCHIVE PROGRAM…: a root file system with programs of this machine, made once for all pairs
image_of() {
  local tar=$SCRATCH/$1 root=$SCRATCH/root file
  if [ ! -e "$tar" ]; then
    rm -rf "$root"
    mkdir -p "$root/usr/bin" "$root/etc"
    ln -s usr/bin "$root/bin"
    for file in "${@:2}"; do
      case $file in /*) cp --parents "$file" "$root" ;; *) file=$(type -P "$file") && cp "$file" "$root/usr/bin" ;; esac
      ldd "$file" | grep -o '/[^ ]*' | while read -r lib; do
        mkdir -p "$root$(dirname "$lib")" && cp -L "$lib" "$root$lib"
      done
    done
    tar -cf "$tar" -C "$root" .
  fi
  ln "$tar" "$1"
}

image() { image_of image.tar sh cat cp mkdir rm dirname find cmp sleep env true touch tail echo make; }
tools_image() {
  PATH=$PATH:/usr/sbin image_of tools.tar sh echo env mkdir touch head tr cp cat rm make as ld dtc fdtoverlay cpio depmod modprobe mkfs.ext4
}
dtc_image() { image_of dtc.tar cpp dtc "$(gcc -print-prog-name=cc1)"; }

# until_started: until a step has said so in its log
until_started() {
  for _ in $(seq 200); do
    ! grep -rqs '^started' "$JKR_STORE/logs" || return 0
    sleep 0.1
  done
}

# when_started COMMAND ARGUMENT…: runs jkr, and COMMAND with its process id when a step has started
when_started() {
  local command=$1 pid
  shift
  # shellcheck disable=SC2154  # of run.sh
  JKR_STORE=$PWD/store "$jkr" "$@" &
  pid=$!
  JKR_STORE=$PWD/store until_started
  "$command" "$pid"
  wait "$pid"
}

# with_tmpfs SIZE FOLDER ARGUMENT…: runs jkr where FOLDER is a small file system
with_tmpfs() {
  # shellcheck disable=SC2016
  unshare -Urm sh -c 'mount -t tmpfs -o size="$1" tmpfs "$2" && shift 2 && exec "$0" "$@"' "$jkr" "$@"
}

# base_dts: a device tree with a label; overlay_of LABEL: an overlay for the node of that label
base_dts() { printf '%s\n' '/dts-v1/;' '/ {' '  i2c0: i2c@0 {' '    status = "disabled";' '  };' '};'; }
overlay_of() { printf '%s\n' '/dts-v1/;' '/plugin/;' "&$1 {" '  status = "okay";' '};'; }

# blob FILE TEXT: the text compiled, with labels
blob() { printf '%s\n' "$2" | dtc -q -f -@ -O dtb -o "$1" -; }

kernel_config() { printf 'CONFIG_%s=y\n' X86 X86_64 64BIT SMP MODULES MODULE_UNLOAD MODVERSIONS; }

# module NAME VERMAGIC [CRC SYMBOL]: NAME.ko, which uses SYMBOL of this version
module() {
  {
    printf 'static const char info[] __attribute__((used, section(".modinfo"))) =\n'
    printf '"name=%s\\0license=%s\\0vermagic=%s";\n' "$1" "${license:-GPL}" "$2"
    [ $# -lt 4 ] || cat <<C
static const struct { unsigned long crc; char name[56]; } versions[] __attribute__((used, section("__versions"))) = {
{ $3, "$4" } };
extern int $4(void);
int init_module(void) { return $4(); }
C
  } | gcc -c -O2 -fno-asynchronous-unwind-tables -fno-pic -mcmodel=kernel -x c -o "$1.ko" -
}

# exporter NAME VERMAGIC CRC SYMBOL: NAME.ko, which exports SYMBOL with this version
exporter() {
  {
    printf '.section .modinfo,"a"\n.asciz "name=%s"\n.asciz "license=GPL"\n.asciz "vermagic=%s"\n' "$1" "$2"
    printf '.section __ksymtab,"a"\n__ksymtab_%s: .long 0, 0, 0\n.section __kcrctab,"a"\n__crc_%s: .long %s\n' "$4" "$4" "$3"
  } | gcc -c -x assembler -o "$1.ko" -
}

# shellcheck source=tests/module_key.bash
. "$top/tests/module_key.bash" # key_of, sign_module

# damage_lists: every list in $JKR_STORE
damage_lists() { find "$JKR_STORE" \( -name '*.list' -o -name list \) -exec sh -c 'chmod u+w "$1"; echo damaged >"$1"' sh {} \; ; }

# mmdebstrap_stub SCRIPT: what runs in its place, also for a user without subordinate ids
mmdebstrap_stub() {
  printf '#!/bin/sh\n%s\n' "$1" >bin/mmdebstrap
  cp bin/mmdebstrap bin/fakechroot
  cp bin/mmdebstrap bin/fakeroot
  chmod +x bin/mmdebstrap bin/fakechroot bin/fakeroot
}

# artifact NAME CHANGE [KIND:MEMBER[=TARGET]…]: what a registry serves as NAME:1, of a tar with these members, as files below
# v2; CHANGE is Python that may change the manifest `m`, the config `c` and the kind of that, `kind`; $digest is its own
artifact() {
  digest=$(python3 - "$@" <<'PY'
import hashlib, io, json, os, sys, tarfile
name, change, members = sys.argv[1], sys.argv[2], sys.argv[3:]
kinds = {"file": tarfile.REGTYPE, "link": tarfile.LNKTYPE, "symlink": tarfile.SYMTYPE, "device": tarfile.BLKTYPE}
def put(where, key, data):
    os.makedirs(f"v2/{name}/{where}", exist_ok=True)
    open(f"v2/{name}/{where}/{key}", "wb").write(data)
def blob(kind, data):
    digest = "sha256:" + hashlib.sha256(data).hexdigest()
    put("blobs", digest, data)
    return {"mediaType": kind, "digest": digest, "size": len(data)}
raw = io.BytesIO()
with tarfile.open(fileobj=raw, mode="w") as tar:
    for member in members:
        how, path = member.split(":", 1)
        path, _, target = path.partition("=")
        info = tarfile.TarInfo(path)
        info.type, info.linkname, info.devmajor = kinds[how], target, 8
        tar.addfile(info)
c, kind = {"tree": "0" * 64}, "application/vnd.jkr.bundle.config.v1+json"
m = {"schemaVersion": 2, "layers": [blob("application/vnd.oci.image.layer.v1.tar", raw.getvalue())]}
exec(change)
m["config"] = blob(kind, json.dumps(c).encode())
text = json.dumps(m).encode()
digest = "sha256:" + hashlib.sha256(text).hexdigest()
put("manifests", "1", text)
put("manifests", digest, text)
print(digest)
PY
  )
}
