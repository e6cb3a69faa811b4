/* sa/output.h - the ordered queue of outputs. A queued output is a small node inside the object it
 * is about, so that queueing an event, a question or a removal cannot fail; the public structure is
 * filled when it is polled. */
#ifndef SA_OUTPUT_H
#define SA_OUTPUT_H

#include <ike2/output.h>

#include "base/list.h"
#include "base/mem.h"

struct host;
struct send;

/* In place of a type: the end of an IKE SA that nobody has heard of. It is not polled. */
enum { OUTPUT_SILENT = 0 };

struct output {
    struct list_node node;
    uint32_t type; /* IKE2_SEND, IKE2_JOB, IKE2_EVENT_*, IKE2_ASK_*, OUTPUT_SILENT */
    void *owner;   /* struct send, ike2_job, struct sa, struct child, struct ask, struct cancel */
};

/* First member of an object that outputs view. Buried, it lives until the next poll. */
struct grave {
    struct grave *next;
    size_t size;
};

struct outputs {
    struct list queue;
    size_t n;
    struct grave *graves;
    struct send *current; /* polled last; its datagrams are viewed */
    ike2_output view;    /* what the last poll returned */
    ike2_output again;   /* what the last ike2_ask_get returned */
};

void ike2_outputs_init(struct outputs *o);
/* Appends; a node that is queued already stays where it is. */
void ike2_output_push(struct host *host, struct output *o, uint32_t type, void *owner);
/* Takes it back if it has not been polled. */
void ike2_output_withdraw(struct host *host, struct output *o);
/* Releases `grave`, the first member of an object, at the next poll. */
void ike2_output_bury(struct host *host, struct grave *grave, size_t size);
/* Next output, or NULL; ends the life of the previous one. */
const ike2_output *ike2_outputs_next(struct host *host);
/* Releases what is queued or buried, when the endpoint is freed. */
void ike2_outputs_clear(struct host *host);
/* Is there room for what one call can bring? Removals do not ask. */
bool ike2_outputs_have_room(const struct host *host);
/* Advice that a question needs no answer; dropped when memory is short, which is harmless. */
void ike2_output_cancel_ask(struct host *host, ike2_sa_id sa, ike2_ask_id ask);

#endif
