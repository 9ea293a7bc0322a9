mkdir src
cat >src/build.sh <<'SH'
# date of a comment
now=$(date -u -d @$SOURCE_DATE_EPOCH) && echo date
today=$(date) # jkr: fine, only the log has it
make -j$(nproc) CPUS="$(nproc)"
find . -name '*.ko' | xargs tar -cf ko.tar
find . -name '*.ko' | sort | xargs cat >all
tar --sort=name --mtime=@0 -cf x.tar . && tar -xf y.tar
gzip x && gzip -n y && xz -T0 z
openssl genrsa -out k 2048
d=$(mktemp -d) f=$(mktemp)
head -c 8 /dev/urandom >seed
SH
cat >src/Makefile <<'MAKE'
DATE := $(shell date)
date := $(date)
all: a b
	@date >stamp
	echo a >> list
	echo $$(hostname) $(hostname) >>all
a:
	echo >>$@
MAKE
printf '/* __DATE__ */\nconst char *t = __DATE__ __TIMESTAMP__; // __TIME__\n' >src/x.c
printf 'CONFIG_RANDSTRUCT_FULL=y\nCONFIG_MODULE_SIG=y\nCONFIG_MODULE_SIG_KEY="board.pem"\n' >src/board.config
