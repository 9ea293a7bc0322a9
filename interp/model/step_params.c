/* The parameters of every step; apart from prim.c, which needs all primitives. */
#include "model/prim.h"

const struct param step_params[] = {
	PARAM(step_common, on, P_STEP, 0, "The tree that the step writes onto; inside `tree` it is the step before."),
	PARAM_RANGE(step_common, timeout, P_INT, P_NOKEY, 0, 604800, NULL, "Seconds after which the step is stopped."),
	PARAM_RANGE(step_common, cpus, P_INT, P_NOKEY, 0, 4096, NULL, "Processors that the step is planned with."),
	PARAM(step_common, memory, P_SIZE, P_NOKEY, "Memory that the step may use, such as \"4G\"."),
	PARAM_RANGE(step_common, processes, P_INT, P_NOKEY, 0, 4194304, NULL,
		    "Processes and threads that the step's programs may have at once; 2048 when not given."),
	PARAM(step_common, optional, P_BOOL, P_NOKEY,
	      "Whether an absent input skips the step instead of failing the run."),
	PARAM(step_common, check, P_BOOL, P_NOKEY,
	      "Whether the step must succeed before anything is exported, though nothing takes in its result."),
	PARAM(step_common, with_inputs, P_BOOL, P_NOKEY,
	      "The same, where something else takes in one of its inputs as well: it has nothing built that only it would "
	      "look at."),
	PARAM(step_common, features, P_STRING, P_LIST | P_NOKEY, "What a machine must have to run the step."),
	{0},
};
