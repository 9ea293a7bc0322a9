# 2^32 is 0 when it is cut to 32 bits, which would make the file root's
python3 - <<'PY'
import tarfile
with tarfile.open("root.tar", "w", format=tarfile.GNU_FORMAT) as tar:
    info = tarfile.TarInfo("etc/motd")
    info.uid = 1 << 32
    tar.addfile(info)
PY
