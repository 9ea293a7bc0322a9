# inputs.bash: what the rows that move data work on, fetched once from Debian into build/bench/inputs.
# Sourced after bench.bash. Nothing of the machine's apt is changed: it gets folders of its own.
#
#   linux_source KIND     prints the path of linux-source-6.12.tar.KIND (xz as Debian has it; bz2, tar made of it)
#   linux_patches         prints a folder: orig.tar.xz, patches/, series (the kernel's series, then that of RT)
#   rt_modules            prints the folder lib/modules/RELEASE of Debian's arm64 RT kernel
#   rt_headers            prints the folder of its headers, with .config and Module.symvers
inputs=$BENCH_OUT/inputs
mkdir -p "$inputs"

# shellcheck source=tests/mirror.bash
. "$BENCH_HOME/tests/mirror.bash"

# own_apt: an apt that knows sources and arm64, beside the machine's
own_apt() {
  local a=$inputs/apt keyring=/usr/share/keyrings/debian-archive-keyring.gpg main security
  export APT_CONFIG=$a/apt.conf
  [ -e "$a/ready" ] && return
  main=$(mirror bookworm) security=$(mirror bookworm-security)
  [ -n "$main" ] && [ -n "$security" ] || return 1
  mkdir -p "$a/lists/partial" "$a/cache/archives/partial"
  : >"$a/status"
  printf '%s\n' "deb-src [signed-by=$keyring] $main bookworm main" \
    "deb-src [signed-by=$keyring] $security bookworm-security main" \
    "deb [signed-by=$keyring arch=arm64] $main bookworm main" \
    "deb [signed-by=$keyring arch=arm64] $security bookworm-security main" >"$a/sources.list"
  cat >"$a/apt.conf" <<CONF
Dir::Etc::sourcelist "$a/sources.list";
Dir::Etc::sourceparts "/nonexistent";
Dir::State::lists "$a/lists";
Dir::State::status "$a/status";
Dir::Cache "$a/cache";
APT::Architecture "arm64";
APT::Architectures { "arm64"; };
APT::Sandbox::User "$(id -un)";
CONF
  apt-get -q update >"$a/log" 2>&1 && : >"$a/ready"
}

# put_source KIND FILE: makes FILE
put_source() {
  case $1 in
  xz)
    (cd "$inputs" && apt-get -q download linux-source-6.12 >apt.log 2>&1) || return 1
    dpkg-deb --fsys-tarfile "$inputs"/linux-source-6.12_*.deb |
      tar -xO ./usr/src/linux-source-6.12.tar.xz >"$2"
    ;;
  tar) xz -T0 -dc "$(linux_source xz)" >"$2" ;;
  bz2) lbzip2 -c "$(linux_source tar)" >"$2" ;;
  esac
}

linux_source() {
  local file=$inputs/linux-source-6.12.tar.$1
  [ "$1" = tar ] && file=$inputs/linux-source-6.12.tar
  if [ ! -e "$file" ]; then
    put_source "$1" "$file.part" && mv "$file.part" "$file" || return 1
  fi
  echo "$file"
}

# take_patches SERIES-FOLDER: copies what its series names and adds the names to our series
take_patches() {
  local p
  sed -E 's/[ \t]*#.*//; /^[ \t]*$/d' "debian/$1/series" | while read -r p _; do
    mkdir -p "patches/$1/$(dirname "$p")"
    cp "debian/$1/$p" "patches/$1/$p"
    echo "$1/$p" >>series
  done
}

# The newest version whose files the mirror has: apt's lists also name some that are gone.
fetch_patches() {
  local v
  own_apt || return 1
  for v in $(apt-cache showsrc linux | sed -n 's/^Version: //p' | sort -rVu); do
    apt-get -q source --download-only "linux=$v" >>apt.log 2>&1 && break
  done
  ln -f linux_*.orig.tar.xz orig.tar.xz && tar -xf linux_*.debian.tar.xz debian/patches debian/patches-rt || return 1
  take_patches patches && take_patches patches-rt
}

linux_patches() {
  local dir=$inputs/patches
  if [ ! -e "$dir/series" ]; then
    mkdir -p "$dir.part" && (cd "$dir.part" && fetch_patches) && mv "$dir.part" "$dir" || return 1
  fi
  echo "$dir"
}

fetch_modules() {
  local package
  own_apt || return 1
  for package in $(apt-cache search --names-only '^linux-image-6\.1\.0-[0-9]+-rt-arm64-unsigned$' | cut -d' ' -f1 | sort -rV); do
    apt-get -q download "$package" >>apt.log 2>&1 && break
  done
  dpkg-deb -x linux-image-*-rt-arm64-unsigned_*.deb .
}

rt_modules() {
  local dir=$inputs/modules
  if [ ! -d "$dir" ]; then
    mkdir -p "$dir.part" && (cd "$dir.part" && fetch_modules) && mv "$dir.part" "$dir" || return 1
  fi
  (cd "$dir"/lib/modules/*/ && pwd)
}

fetch_headers() {
  own_apt && apt-get -q download "linux-headers-$1" >>apt.log 2>&1 && dpkg-deb -x linux-headers-*.deb .
}

rt_headers() {
  local dir=$inputs/headers modules
  modules=$(rt_modules) || return 1
  if [ ! -d "$dir" ]; then
    mkdir -p "$dir.part" && (cd "$dir.part" && fetch_headers "$(basename "$modules")") && mv "$dir.part" "$dir" || return 1
  fi
  (cd "$dir"/usr/src/linux-headers-*/ && pwd)
}
