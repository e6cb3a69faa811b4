#include "dataplane.h"

/* What a real one does here: INSTALL, take the SPIs, the keys of both directions, the selectors and
 * the path from `pair`; SWITCH, send on `pair->spi_out` from now on; REMOVE, forget the halves of
 * `pair->spi_in`. RELEASE comes only to who gives the SPIs (ike2_endpoint_config.ask_spi). */
static bool lane_do(const ike2_lane_task *task)
{
    return task->op == IKE2_LANE_INSTALL || task->op == IKE2_LANE_SWITCH ||
           task->op == IKE2_LANE_REMOVE;
}

void dataplane_do(ike2_job *job)
{
    const ike2_lane_task *task = ike2_job_lane(job);
    ike2_verdict verdict = IKE2_INIT(ike2_verdict);

    /* Other kinds of job come only to who asked for them; a job without a verdict is refused. */
    if (task == NULL)
        return;
    verdict.ok = lane_do(task);
    ike2_job_set_verdict(job, &verdict);
}
