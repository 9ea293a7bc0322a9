/* git_work_own: how the files of git_work start git. */
#pragma once

struct err;
struct str;

#define GIT_WORK_BASE "refs/jkr/base"
#define GIT_WORK_MAX (64u << 20)

/* Runs git in the folder, with `env` ("K=V" …, NULL; may be NULL) besides; `out` may be NULL. 0, or -1 with a sentence,
 * also when git fails. */
int git_work(int dir, const char *const *args, const char *const *env, struct str *out, struct err *err);
