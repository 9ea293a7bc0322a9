#!/usr/bin/env bats
# bisect on a real kernel: a small one for PCs, compiled in a warm directory and booted in QEMU for each probe. What
# does not boot is found among 64 patches, and among 40 symbols. One store below build/ for both; $LINUX_SOURCE is
# linux-source-6.12.tar.xz when apt need not be asked. Each probe is shown with its time.

setup() {
  : "${JKR:?the program under test}"
  top=$(realpath "$BATS_TEST_DIRNAME/../..")
  export NO_COLOR=1 JKR_STORE=$top/build/bisect/store
  work=$top/build/bisect/project
  rm -rf "$work" && mkdir -p "$work/good" "$work/bad" && cd "$work" || return 1
  touch good/jkr.yaml bad/jkr.yaml
  # shellcheck disable=SC2034  # what inputs.bash is told
  BENCH_HOME=$top BENCH_OUT=$top/build/bench
  # shellcheck source=tests/bench/inputs.bash disable=SC1091
  [ -n "${LINUX_SOURCE:-}" ] || . "$top/tests/bench/inputs.bash"
  archive=${LINUX_SOURCE:-$(linux_source xz)}
  sum=$(sha256sum "$archive" | cut -d' ' -f1)
}

# sides LUA: good/r.lua and bad/r.lua: a kernel with its boot; LUA says what each is made of, and has the word `side`
sides() {
  local side
  for side in good bad; do
    ln "$archive" "$side/linux.tar.xz" 2>/dev/null || cp "$archive" "$side/linux.tar.xz"
    cp "$top/recipes/x86-64/pc.config" "$side/"
    cat >"$side/r.lua" <<LUA
recipe "bisect" { version = "1", license = "GPL-2.0-only", summary = "one of two that boots, one that does not" }
local side, patches = "$side", nil
local asked = { fragment "pc.config" }
$1
local gcc = toolchain "debian-host"
local source = untar { "linux.tar.xz", sha256 = "$sum", strip = 1 }
local src = patches and tree "src" { source, patch { patches } } or source
local linux = kernel "linux" {
  src, toolchain = gcc, arch = "x86", base = "tinyconfig", localversion = "-pc", config = asked, images = { "bzImage" },
  targets = {},
}
boot "pc" { kernel = linux, expect = { linux.release, "init: done" } }
return bundle "bisect" { linux.boot }
LUA
  done
}

# found LINE CHANGES: bisect names exactly this, after at most 9 builds
found() {
  local begun=$SECONDS
  run timeout 7200 "$JKR" bisect good/r.lua bad/r.lua
  printf '%s\n' "$output" "# in $((SECONDS - begun)) s" | sed 's/^#* */# /' >&3
  [ "$status" = 0 ]
  grep -qx "$1" <<<"$output"
  grep -qE "^$2 changes, [6-9] builds: " <<<"$output"
}

@test "the one patch among 64 after which the kernel does not come to its init" {
  tar -xf "$archive" --strip-components=1 --wildcards 'linux-source-6.12/init/*.c' 'linux-source-6.12/kernel/*.c' \
    'linux-source-6.12/fs/*.c' 'linux-source-6.12/lib/*.c'
  mkdir good/patches bad/patches
  python3 - bad/patches <<'PY'
import difflib, pathlib, sys
files = """fs/open.c fs/read_write.c fs/file_table.c fs/super.c fs/char_dev.c fs/stat.c fs/exec.c fs/pipe.c fs/namei.c
fs/fcntl.c fs/ioctl.c fs/readdir.c fs/select.c fs/dcache.c fs/inode.c fs/attr.c fs/bad_inode.c fs/file.c fs/filesystems.c
fs/namespace.c fs/seq_file.c fs/xattr.c fs/libfs.c fs/splice.c fs/sync.c fs/utimes.c fs/statfs.c kernel/fork.c
kernel/exec_domain.c kernel/panic.c kernel/cpu.c kernel/exit.c kernel/softirq.c kernel/resource.c kernel/sysctl.c
kernel/ptrace.c init/main.c kernel/user.c kernel/signal.c kernel/sys.c kernel/umh.c kernel/workqueue.c kernel/pid.c
kernel/task_work.c kernel/extable.c kernel/params.c kernel/kthread.c kernel/sys_ni.c kernel/nsproxy.c
kernel/notifier.c kernel/ksysfs.c kernel/cred.c kernel/reboot.c kernel/async.c kernel/range.c kernel/ucount.c
kernel/regset.c lib/bitmap.c lib/cmdline.c lib/ctype.c lib/string.c lib/vsprintf.c lib/kobject.c lib/sort.c""".split()
assert len(files) == 64
for i, name in enumerate(files, 1):
    old = pathlib.Path(name).read_text()
    new = old + f"/* patch {i} */\n"
    if name == "init/main.c":  # it looks for its first program under another name
        new = old.replace('ramdisk_execute_command = "/init"', 'ramdisk_execute_command = "/first"')
        assert new != old
    diff = difflib.unified_diff(old.splitlines(True), new.splitlines(True), "a/" + name, "b/" + name)
    pathlib.Path(sys.argv[1], f"{i:04}-{name.replace('/', '-')}.patch").write_text("".join(diff))
PY
  # both have one to begin with, so that the step that applies them is no difference
  printf -- '--- /dev/null\n+++ b/README.first\n@@ -0,0 +1 @@\n+one of two\n' | tee good/patches/0000-first.patch >bad/patches/0000-first.patch
  sides 'patches = "patches/*.patch"'
  found 'patch `0037-init-main.c.patch` in step `src/2-patch`' 64
}

@test "the one symbol among 40 without which the kernel does not start its init" {
  # shellcheck disable=SC2016
  sides '
local bad = side == "bad"
asked.BINFMT_ELF = not bad
for name in ("CRC4 CRC7 CRC8 CRC16 CRC_CCITT CRC_ITU_T LIBCRC32C CORDIC XZ_DEC SYSVIPC FHANDLE FUTEX EPOLL SIGNALFD "
  .. "TIMERFD EVENTFD SHMEM AIO ADVISE_SYSCALLS MEMBARRIER KCMP KALLSYMS PROFILING MULTIUSER SGETMASK_SYSCALL RELAY "
  .. "IKCONFIG BINFMT_SCRIPT COREDUMP INOTIFY_USER FANOTIFY DNOTIFY MAGIC_SYSRQ PRINTK_TIME KSM X86_CPUID "
  .. "UNIX98_PTYS DEVTMPFS FW_LOADER"):gmatch "%S+" do
  asked[name] = bad or nil
end'
  sed -i /BINFMT_ELF/d good/pc.config bad/pc.config
  found 'symbol `BINFMT_ELF` in step `linux/wanted`: y → n' 40
}
