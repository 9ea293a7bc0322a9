/* session: a command's work on one recipe: load, plan, and what they stand on. */
#pragma once
#include <stdio.h>

#include "cli/cli.h"
#include "data/lock.h"
#include "lua/load.h"
#include "model/plan.h"
#include "store/store.h"

struct executor;

struct session {
	struct cli *cli;
	struct load_request request;
	struct recipe *recipe; /* belongs to the cli, so that errors can show its lines to the end */
	struct store *store;
	struct shared *shared;                 /* cli/sharing.h, or NULL */
	const struct compile_helpers *helpers; /* model/helpers.h, NULL: a command without the shared cache */
	const struct executor *on;             /* --on (run/farm.h), or NULL */
	struct map misses;                     /* hex of keys that it did not have */
	struct lock lock;
	int project; /* the folder that holds jkr.lock */
	int in_use;  /* the store's shared lock, from the plan to the end: no gc takes away what
		      * the plan found; -1 where nothing is written */
	struct plan_env env;
	struct plan plan;
	struct map trees;    /* hex id → struct tree, opened once */
	struct map contents; /* absolute path → struct file_content of a project's file */
	struct map folders;  /* absolute path → struct tree, the list of a project's folder, in a run */
	struct map imports;  /* name of a pin → struct import (cli/imports.h) */
	bool renew;          /* imports that the command line names are looked up anew */
	const char *keep;    /* a folder for copies of all that a run downloads, or NULL */
	bool worked;         /* whether the plan had anything to run */
	struct kept *kept;   /* what is to be kept of it (cli/kept.h), or NULL */
	struct arena arena;
};

/* What run and plan begin with: the recipe and the plan of the steps that the command line names, from what an
 * earlier run kept of it where that is still the answer, else by session_load and session_plan. */
int session_ready(struct session *s, struct cli *cli, bool write, struct err *err);
/* Loads the recipe that `name` stands for. The session is closed with session_close in any case. */
int session_load(struct session *s, struct cli *cli, const char *name, struct err *err);
/* The same with imports that the command line names looked up anew (cli/imports.h). */
int session_load_renewed(struct session *s, struct cli *cli, const char *name, struct err *err);
/* Opens the project's folder and reads its lock; session_plan does it too. */
int session_open_project(struct session *s, struct err *err);
/* Opens the store (made when `write`), reads the lock, plans the steps named in `names` (none: all that
 * the recipe returns, and its checks). */
int session_plan(struct session *s, const char *const *names, size_t n, bool write, struct err *err);
/* Makes that plan anew, by what the store holds now. */
int session_replan(struct session *s, const char *const *names, size_t n, struct err *err);
/* Fills in `env`: what planning asks is answered by the session's store, project and lock. */
void session_env(struct session *s);
/* Keeps the pins that a plan made, in jkr.lock. */
int session_keep_pins(struct session *s, const struct plan *plan, struct err *err);
void session_close(struct session *s);

/* Steps that `name` stands for: one step, or all of a constructor. Gives the number, 0 with a mistake. */
size_t session_find(struct session *s, const char *name, uint32_t *out, struct err *err);
/* A result as a tree, borrowed from the session. */
const struct tree *session_tree(struct session *s, const struct hash *id, struct err *err);

/* session_files.c: members of struct plan_env (model/plan.h), with the session as context. */
int session_file(void *session, const struct file_ref *file, struct file_content *out, struct err *err);
const struct tree *session_folder(void *session, const struct file_ref *file, struct err *err);
void session_forget_files(struct session *s);

/* Prints all mistakes, with excerpts of the recipe that was loaded last. */
void session_print_errors(const struct cli *cli, const struct err *err);
/* Frees the recipe that was loaded last. */
void session_end(struct cli *cli);
