/* kept: the last plan that had nothing to do, so that the next run or plan need not load and decide again.
 *
 * A run whose every step was cached keeps its plan in the store (seen/), sealed, under a name made of all that was
 * asked: the recipe's path and project, the search path, options, profile, plugins, steps, backend. What is kept is the
 * answer still when
 *
 *   - this program and its libraries are of the same build, and the machine has not been started anew;
 *   - the load would be given the same texts, and find no others where it found none;
 *   - the files and folders that any step names hold what they held, read by the very means of a plan, patterns
 *     match the same names, and staged files are where and what they were;
 *   - jkr.lock pins the same; texts of results that steps take in are the same;
 *   - each record, stack and list of the store bears the mark it had (store_proven).
 *
 * In every other case, and where anything cannot be told for ever (a folder with a pattern that changed in the last
 * seconds, a file system without a ctime to trust), the recipe is loaded. Only a run keeps plans; a plan reads them. A
 * kept one that is damaged or of another build is none. */
#pragma once
#include <stdbool.h>

struct session;

/* Makes the session what session_load and session_plan would make it, as far as show_plan, build_plan and
 * artifacts_collect need it. False: it is as before, but for what it may keep afterwards. */
bool kept_take(struct session *s, bool write);
/* Keeps the plan of a run that came to its end, when there was nothing to do. It cannot fail. */
void kept_put(struct session *s);
