#include "dataplane.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name, *text;
} drops[] = {
#define X(name, text) { #name, text },
    DATAPLANE_DROP_LIST(X)
#undef X
};

const char *dataplane_drop_name(enum dataplane_drop drop)
{
    return drop < DATAPLANE_DROPS ? drops[drop].name : "?";
}

const char *dataplane_drop_text(enum dataplane_drop drop)
{
    return drop < DATAPLANE_DROPS ? drops[drop].text : "?";
}

const struct dataplane_ops *dataplane_find(const char *name)
{
    static const struct dataplane_ops *const all[] = { &dataplane_none, &dataplane_tun,
                                                       &dataplane_xfrm };

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (strcmp(all[i]->name, name) == 0)
            return all[i];
    }
    return NULL;
}

bool dataplane_task(struct dataplane *d, const ike2_lane_task *task, struct fault *fault)
{
    switch (task->op) {
    case IKE2_LANE_INSTALL: return d->ops->install(d, task->pair, fault);
    case IKE2_LANE_SWITCH: return d->ops->switch_out(d, task->pair, fault);
    case IKE2_LANE_MOVE: return d->ops->move(d, task->pair, fault);
    case IKE2_LANE_REMOVE: return d->ops->remove(d, task->pair, task->halves, fault);
    case IKE2_LANE_RELEASE: return d->ops->release(d, task->pair, fault);
    }
    return fault_set(fault, "operation %u is not one of this data plane's", task->op);
}

void dataplane_do(struct dataplane *d, const ike2_lane_task *task, ike2_verdict *out)
{
    struct fault fault = { .text = "" };

    *out = (ike2_verdict)IKE2_INIT(ike2_verdict);
    out->ok = dataplane_task(d, task, &fault);
    if (!out->ok)
        (void)snprintf(out->text, sizeof out->text, "%.*s", (int)sizeof out->text - 1,
                       fault.text);
}

void dataplane_work(struct dataplane *d, ike2_job *job)
{
    const ike2_lane_task *task = ike2_job_lane(job);
    ike2_verdict verdict;

    if (task == NULL)
        return;
    dataplane_do(d, task, &verdict);
    ike2_job_set_verdict(job, &verdict);
}
