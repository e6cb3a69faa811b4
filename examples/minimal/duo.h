/* duo.h - two endpoints in one process, each the other's peer, and a wire between them that loses
 * nothing: what a program needs that wants to show something else. */
#ifndef MINIMAL_DUO_H
#define MINIMAL_DUO_H

#include <ike2/ike2.h>

enum { DUO_SIDES = 2 };

struct duo_datagram;

/* Who one of the two is, and how it proves that; the other one trusts `own.issuers`. */
struct duo_who {
    ike2_id id;
    ike2_credential own;
};

struct duo_side {
    struct duo *duo;
    ike2_addr addr;
    ike2_endpoint *ep; /* NULL once it has been freed */
    ike2_peer_id peer; /* the other side */
};

/* Side 0 initiates; the tag of its definition is 0, that of the other 1. It must not be moved. */
struct duo {
    struct duo_side sides[DUO_SIDES];
    struct duo_datagram *first, **end; /* on the wire */
};

/* Both endpoints are made like `like`. On failure there is nothing to be closed. */
ike2_err duo_open(struct duo *d, const struct duo_who who[DUO_SIDES],
                  const ike2_endpoint_config *like, ike2_time now);
/* Jobs that are still out are then freed with duo_finish. */
void duo_close(struct duo *d);
void duo_close_side(struct duo_side *s);

ike2_err duo_connect(struct duo *d, ike2_time now, ike2_sa_id *out);
/* The next output that is not dealt with here: events, and jobs of KE, SIGN and VERIFY. NULL: there
 * is none, and nothing is on the wire. Valid until the next call. */
const ike2_output *duo_next(struct duo *d, ike2_time now, struct duo_side **from);
/* Hands the job back to its side, or frees it, if the side has gone. */
ike2_err duo_finish(struct duo_side *s, ike2_time now, ike2_job *job);
ike2_time duo_deadline(const struct duo *d);
void duo_expire(struct duo *d, ike2_time now);

#endif
