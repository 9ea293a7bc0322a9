"""decoys.py: paths of this machine that no step may read, and some that hold a secret; about a hundred lines."""
import glob, os, sys

SECRETS = [f"{os.environ['WORK']}/secret-{i}" for i in range(10)]
for path in SECRETS:
    with open(path, "w") as f:
        f.write("JKR-SECRET\n")
home = os.path.expanduser("~")
paths = SECRETS + [f"/proc/{pid}/root{path}" for pid in (1, 2, "self") for path in SECRETS[:3]]
paths += [f"{home}/{name}" for name in (".ssh/id_rsa", ".ssh/id_ed25519", ".ssh/known_hosts", ".ssh/authorized_keys", ".gitconfig",
          ".netrc", ".bashrc", ".profile", ".bash_history", ".aws/credentials", ".docker/config.json", ".config/jkr/config.yaml",
          ".cache/jkr/format", ".gnupg/secring.gpg", ".npmrc", ".pypirc", ".kube/config")]
paths += """/etc/hostname /etc/passwd /etc/shadow /etc/group /etc/machine-id /etc/resolv.conf /etc/hosts /etc/fstab /etc/os-release
/etc/ssh/ssh_host_ed25519_key /etc/ssl/private/ssl-cert-snakeoil.key /etc/apt/sources.list /etc/localtime /etc/environment
/etc/krb5.keytab /etc/sudoers /var/run/docker.sock /run/docker.sock /run/podman/podman.sock /run/containerd/containerd.sock
/run/dbus/system_bus_socket /run/systemd/private /run/user/0/bus /run/user/1000/bus /run/utmp /tmp/.X11-unix/X0
/var/lib/dpkg/status /var/log/syslog /var/log/dpkg.log /var/log/wtmp /var/cache/apt/pkgcache.bin /var/lib/dbus/machine-id
/boot/grub/grub.cfg /lib/modules /root/.bashrc /home /usr/include/stdio.h /usr/bin/python3 /opt /srv /mnt /media
/sys/kernel/security /sys/class/net/eth0/address /sys/devices/virtual/dmi/id/product_uuid /sys/firmware/dmi/tables/DMI
/sys/fs/cgroup/memory/cgroup.procs /sys/fs/cgroup/cgroup.procs /sys/kernel/debug /sys/block /sys/power/state
/dev/sda /dev/vda /dev/mem /dev/kmem /dev/kvm /dev/fuse /dev/loop0 /dev/loop-control /dev/net/tun /dev/kmsg /dev/snd/timer
/dev/input/event0 /dev/vsock /dev/nvram /dev/ttyS0 /dev/tty1 /dev/mapper/control /dev/shm/secret
/proc/1/environ /proc/1/cwd/etc/hostname /proc/1/maps /proc/1/fd/3 /proc/2/environ /proc/kcore /proc/kmsg /proc/keys
/proc/sysrq-trigger /proc/sys/kernel/core_pattern.secret /proc/self/fd/3 /proc/self/fd/7 /proc/self/root/etc/hostname
/jkr/store /jkr/project /proc/timer_list /proc/scsi/scsi""".split()
with open(sys.argv[1], "w") as f:
    f.write("\n".join(paths) + "\n")
