#include "cli/signing_key.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/userfile.h"
#include "os/fs.h"
#include "store/store.h"

enum { KEY_MAX = 1 << 16 };

/* A key in the store would be copied, pushed and kept. */
static int
check_place(const struct cli *cli, const char *key, struct err *err)
{
	struct store *st = store_open(cli->store, false, err);
	cleanup_free char *path = realpath(key, NULL);
	cleanup_free char *store = st ? realpath(store_path(st), NULL) : NULL;
	bool inside = path && store && path_within(path, store);

	if (st)
		store_close(st);
	if (!st)
		return -1;
	return inside ? err_set(err, "E1207", "the key `%s` lies in the store, where results are, and no secrets", key)
		      : 0;
}

static int
read_key(const struct cli *cli, const char *key, struct str *pem, struct err *err)
{
	cleanup_fd int fd = open(key, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) || fs_read(fd, pem, KEY_MAX))
		return err_sys(err, "E1207", "cannot read the key `%s`", key);
	if (st.st_mode & 077) {
		err_set(err, "E1207", "others than its owner can read the key `%s`", key);
		return err_help(err, "chmod 600 %s", key);
	}
	return check_place(cli, key, err);
}

int
signing_key_read(const struct cli *cli, const char *path, struct signing_key *out, struct err *err)
{
	*out = (struct signing_key){.path = path};
	if (!str_ends(path, ".pub"))
		return read_key(cli, path, &out->text, err);
	return userfile_read(path, &out->text, KEY_MAX) ? err_sys(err, "E1207", "cannot read the key `%s`", path) : 0;
}

void
signing_key_free(struct signing_key *k)
{
	if (k->text.s)
		explicit_bzero(k->text.s, k->text.cap);
	str_free(&k->text);
}
