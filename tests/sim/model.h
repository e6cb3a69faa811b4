/* sim/model.h - endpoints as subjects for the learner: symbols become messages, answers become
 * text. One side is asked; the other one only makes what needs a proof. */
#ifndef SIM_MODEL_H
#define SIM_MODEL_H

#include "sim/attack.h"
#include "sim/learner.h"

enum { MODEL_OCTETS = 2048 };

/* --- What is said --------------------------------------------------------------------- */

/* To a responder: requests whose Message ID is the next one, unless the name says otherwise. */
enum to_responder {
    SAY_INIT,        /* IKE_SA_INIT, always the same octets */
    SAY_AUTH,        /* IKE_AUTH with a proof */
    SAY_AUTH_BAD,    /* with a wrong one */
    SAY_CREATE,      /* a Child SA */
    SAY_REKEY_CHILD, /* the oldest child, and the Delete of what was */
    SAY_REKEY_IKE,   /* likewise; goes on with the new IKE SA */
    SAY_INFO,        /* an empty INFORMATIONAL */
    SAY_DEL_CHILD,   /* Delete of the oldest child */
    SAY_DEL_IKE,
    SAY_AGAIN,       /* the last request of this IKE SA that was answered, with the same octets */
    SAY_SKIP,        /* INFORMATIONAL with a Message ID too high */
    SAY_RESPONSE,    /* a response that nobody waits for */
    SAY_FLIPPED,     /* without the Initiator flag */
    SAY_BARE_AUTH,   /* IKE_AUTH with a proof, and nothing protects it */
    SAY_BARE_DEL,    /* likewise a Delete of the IKE SA */
    SAY_CRITICAL,    /* an unknown payload, critical */
    SAY_MALFORMED,   /* a Delete payload of one octet */
    TO_RESPONDER
};

/* To an initiator: commands of its integrator, responses, and requests of the responder. */
enum to_initiator {
    DO_CONNECT,
    DO_CLOSE,
    HEAR_INIT,          /* the response to IKE_SA_INIT */
    HEAR_INIT_ERROR,    /* NO_PROPOSAL_CHOSEN instead, which nothing protects */
    HEAR_AUTH,          /* the response to IKE_AUTH, with a proof */
    HEAR_AUTH_BAD,      /* with a wrong one */
    HEAR_AUTH_REFUSED,  /* AUTHENTICATION_FAILED */
    HEAR_AUTH_NO_CHILD, /* a proof, and TS_UNACCEPTABLE */
    HEAR_AUTH_EMPTY,    /* nothing at all */
    HEAR_ANSWER,        /* an empty response to the last request */
    HEAR_INFO,          /* requests of the responder */
    HEAR_CREATE,
    HEAR_DEL_CHILD,
    HEAR_DEL_IKE,
    HEAR_AUTH_REQUEST,
    HEAR_AGAIN,
    HEAR_SKIP,
    HEAR_BARE_DEL,
    TO_INITIATOR
};

extern const struct subject model_responder, model_initiator;
extern const char *const model_to_responder[TO_RESPONDER], *const model_to_initiator[TO_INITIATOR];

/* How many children the responder may have; the initiator: one. */
enum { MODEL_CHILDREN = 2 };

/* --- Between the two ------------------------------------------------------------------- */

struct octets {
    uint8_t ptr[MODEL_OCTETS];
    size_t len;
};

/* An IKE SA as seen from the other end than that which is asked. */
struct view {
    uint64_t spi_i, spi_r;
    struct protector seal, open;
    uint8_t flags;                   /* of its requests */
    uint32_t next_id;
    struct octets request, response; /* the last ones; no length: nothing was answered yet */
};

/* One subject. */
struct run {
    struct world *w;
    struct side *asked, *other;
    bool has_keys;
    struct view now;
    struct octets init, init_reply;
    uint8_t auth_room[MODEL_OCTETS];
    struct opened auth;              /* the genuine IKE_AUTH message of the other side */
    uint32_t spis[MODEL_CHILDREN + 1]; /* that the children receive on, oldest first */
    size_t n_spis;
    uint32_t next_spi;
    uint32_t open_id;                /* of the last request of who is asked */
};

/* A new world, whose side number `asked` is asked. */
struct run *run_new(size_t asked);
void run_free(void *run);
/* The SA of a side that has this SPIi. */
const struct sa *run_find(const struct side *s, uint64_t spi_i);
/* The oldest datagram to this side, taken off the network. */
bool run_take(struct run *r, const struct side *to, struct octets *out);
/* Who is asked hears these octets. */
void run_say(struct run *r, const struct octets *message);
/* From now on through this SA of the other side, with these keys, which stay as long. */
void run_look_through(struct run *r, const struct sa *sa, const struct protector *seal,
                      const struct protector *open);
/* A message of that view. */
struct octets run_sealed(struct run *r, const ike2_header *h, uint8_t first, ike2_bytes inner);
struct octets run_bare(const struct run *r, const ike2_header *h, uint8_t first, ike2_bytes chain);
/* The header of the next request. */
ike2_header run_header(const struct run *r, uint8_t exchange);
/* A request in due form, and the answer to it as text; "-" if there is none. */
void run_request(struct run *r, uint8_t exchange, struct chain *c, char out[LEARNER_OUTPUT]);
void run_request_inner(struct run *r, uint8_t exchange, uint8_t first, ike2_bytes inner,
                       char out[LEARNER_OUTPUT]);
void run_again(struct run *r, char out[LEARNER_OUTPUT]);
/* What is not to be answered; if it is, the text says so. */
void run_odd(struct run *r, const struct octets *message, char out[LEARNER_OUTPUT]);
/* A Delete of this child, or with 0 of the IKE SA. */
void run_delete(struct run *r, uint32_t spi, char out[LEARNER_OUTPUT]);
/* The payloads that matter. */
void run_describe(const struct message *m, char out[LEARNER_OUTPUT]);
/* The inner chain of the genuine IKE_AUTH message, its proof spoilt or not. */
ike2_bytes run_auth(const struct run *r, bool is_right, uint8_t room[MODEL_OCTETS]);
/* Children that are sent through. */
unsigned run_children(const struct run *r);

#endif
