/* need_probe: tries what the kernel lets this user do, in children that leave nothing behind. */
#pragma once

struct str;

/* 0 works, 1 does not; a sentence is added in both cases. */
int probe_userns(struct str *why);
int probe_sandbox(struct str *why);
int probe_overlay(struct str *why);
/* Whether the store's file system tells `a` from `A`. */
int probe_case(struct str *why);
/* A Jetson that waits on USB to be flashed; USB ports that stay awake meanwhile. */
int probe_recovery(struct str *why);
int probe_autosuspend(struct str *why);
/* The folder whose file system the store is or will be on; the caller frees. */
char *probe_folder(void);
