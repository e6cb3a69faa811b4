/* dataplane.h - the data plane `none`: whatever is asked for is done at once. A real one (a kernel,
 * a userspace ESP, a NIC) has this shape too, and may take its time. */
#ifndef MINIMAL_DATAPLANE_H
#define MINIMAL_DATAPLANE_H

#include <ike2/job.h>

/* Does the job and records the outcome in it; the caller finishes it. */
void dataplane_do(ike2_job *job);

#endif
