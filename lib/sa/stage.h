/* sa/stage.h - the negotiation of one Child SA, staged in an exchange: what was asked for, what we
 * allow, what comes of it. RFC 7296 1.2, 1.3, 2.9, 2.23.1. */
#ifndef SA_STAGE_H
#define SA_STAGE_H

#include "policy/narrow.h"
#include "policy/select.h"
#include "sa/child.h"
#include "sa/ke.h"

/* Why there is no child, and what the peer is told instead. */
struct stage_refusal {
    uint16_t notify;         /* 0: it has not been refused */
    uint8_t data[2];
    uint8_t data_len;
    uint8_t reason;          /* IKE2_REASON_* */
    uint64_t trace;
};

/* Both ends of traffic. */
struct both_selectors {
    struct selectors local, remote;
};

/* Large: acquired when the negotiation begins. */
struct child_stage {
    struct grave grave;      /* ASK_CHILD views the selectors */
    struct child *child;
    struct pair *pair;
    bool owns_child;         /* a responder's new child: it goes with the stage unless it is laid */
    bool holds_pair;         /* a responder's: until it has been answered */
    bool peer_has_it;        /* our exchange: the peer has answered with a child */
    bool is_transport;       /* transport mode, 1.3.1 */
    uint32_t template_index; /* UINT32_MAX: none */
    uint32_t replaces;       /* a rekeying: spi_in of the pair to be replaced; else 0 */
    ike2_addr original_local, original_remote; /* transport mode through a NAT, 2.23.1 */
    struct both_selectors ours;  /* what we allow */
    struct both_selectors asked; /* as requested, by the peer or by us */
    struct selectors local, remote; /* as narrowed */
    struct selection selection;
    struct ke_stage ke;      /* of the peer's exchange */
    struct child_keys keys;
    struct stage_refusal refusal;
};

struct child_stage *ike2_child_stage_new(struct host *host);
/* Releases what it owns. */
void ike2_child_stage_free(struct child_stage *stage, struct sa *sa);
/* The pair is nobody's any more; one that was not laid ends. */
void ike2_stage_let_go(struct child_stage *stage);
/* Sets `ours`: what the template allows, or the selectors of the pair to be replaced: RFC 7296
 * 2.9.2: a rekeyed SA has those of the old one. */
void ike2_stage_allow_template(struct child_stage *stage, const struct sa *sa,
                               uint32_t template_index);
void ike2_stage_allow_pair(struct child_stage *stage, const struct pair *pair);
/* Notes the refusal: NEXT, since it does not end the IKE SA. */
enum verdict ike2_stage_refuse(struct child_stage *stage, uint16_t notify, uint8_t reason,
                               uint64_t trace);
/* ASK_CHILD, ASK_SPI. */
void ike2_stage_fill_ask(const struct exchange *x, ike2_output *out);

#endif
