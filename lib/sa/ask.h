/* sa/ask.h - one outstanding question of an exchange, its answer and its deadline. */
#ifndef SA_ASK_H
#define SA_ASK_H

#include "sa/host.h"

struct exchange;

enum ask_state {
    ASK_NONE,     /* nothing asked */
    ASK_OPEN,     /* asked, not answered */
    ASK_ANSWERED, /* the answer is in the exchange */
    ASK_REFUSED   /* by the integrator, or by its silence */
};

/* Part of an exchange. Its parameters are what the exchange knows: they are read when the question
 * is polled. */
struct ask {
    struct output out;
    struct exchange *exchange;
    ike2_ask_id id;
    ike2_time answer_by;
    uint32_t type;         /* IKE2_ASK_* */
    enum ask_state state;
    uint16_t notify;       /* REFUSED: what the peer is told, or 0 */
    uint8_t whose;         /* ASK_PSK: IKE2_SECRET_* */
    bool is_late;          /* REFUSED by the deadline */
};

/* Asks; IKE2_ERR_MEMORY leaves nothing asked. */
ike2_err ike2_ask_open(struct exchange *x, uint32_t type, uint8_t whose);
/* The open question called `id`, or NULL: stale. */
struct ask *ike2_ask_find(const struct host *host, ike2_ask_id id);
/* Ends an open question with this outcome and lets its exchange go on. */
void ike2_ask_close(struct ask *ask, enum ask_state outcome, uint16_t notify);
/* Takes a question back: the exchange goes away. */
void ike2_ask_cancel(struct exchange *x);
void ike2_ask_fill(const struct ask *ask, ike2_output *out);

#endif
