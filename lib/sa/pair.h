/* sa/pair.h - one pair of SPIs of a Child SA, from its inbound SPI to the end. Several pairs of a
 * child exist while it is rekeyed. RFC 7296 1.3.3, 1.4.1, 2.8, 2.17. */
#ifndef SA_PAIR_H
#define SA_PAIR_H

#include "crypto/keys.h"
#include "sa/output.h"

struct child;
struct child_stage;
struct sa;

enum { ESP_SPI_OCTETS = 4 };

/* An ESP SPI as four octets; `octets` has been checked to be that long. */
static inline uint32_t spi_read(ike2_bytes octets)
{
    uint32_t spi = 0;

    for (size_t i = 0; i < octets.len; i++)
        spi = spi << 8 | octets.ptr[i];
    return spi;
}

static inline void spi_write(uint8_t octets[ESP_SPI_OCTETS], uint32_t spi)
{
    for (size_t i = ESP_SPI_OCTETS; i > 0; i--) {
        octets[i - 1] = (uint8_t)spi;
        spi >>= 8;
    }
}

enum pair_state {
    PAIR_NEW,      /* being negotiated */
    PAIR_LAID,     /* agreed: INSTALL is due, or out */
    PAIR_READY,    /* receives; we do not send on it yet */
    PAIR_SENDING,  /* we send on it */
    PAIR_REPLACED, /* a newer one sends; this one's Delete is due, ours or the peer's */
    PAIR_CLOSING,  /* on its way out of the data plane */
    PAIR_GONE      /* out of it; our Delete may still be due */
};

/* What the data plane has of the pair, and what is wanted of it. */
struct pair_lane {
    uint8_t has, keep;     /* IKE2_HALF_* */
    bool is_reserved;      /* the inbound SPI is the data plane's: RELEASE is due */
    bool install_failed, is_late;
    bool wants_switch, wants_move;
};

/* IKE2_TIME_NEVER: not planned. */
struct pair_times {
    ike2_time switch_at;   /* a responder sends on it at last, 2.8 */
    ike2_time linger_until; /* the inbound half of a replaced pair is kept for packets under way */
    ike2_time rekey_at, expire_at;
};

struct pair_selectors;

struct pair {
    struct grave grave;
    struct output rekeyed;  /* EVENT_CHILD_REKEYED */
    struct list_node node;  /* in child->pairs, oldest first */
    struct child *child;
    enum pair_state state;
    ike2_pair view;         /* what outputs view: without keys */
    struct pair_selectors *selectors; /* that `view` views */
    size_t n_ts;
    struct child_keys keys; /* from the agreement to INSTALL */
    struct pair_lane lane;
    struct pair_times times;
    bool is_ours;           /* our exchange made it */
    bool is_held;           /* an exchange or an attempt goes on with it */
    bool is_orphan;         /* of an IKE SA that was authenticated anew, 2.8.3: the peer does not
                               know it in the new one */
    bool is_redundant;      /* lost against a simultaneous one, 2.8.1: never sends */
    bool wants_delete;      /* the peer is owed a Delete */
    bool delete_is_open;    /* our Delete is under way */
};

/* In PAIR_NEW, last in the child's list. NULL: no memory. */
struct pair *ike2_pair_new(struct child *child, bool is_ours);
/* Takes the data plane's inbound SPI, or draws one; notes it in the endpoint's map. */
ike2_err ike2_pair_take_spi(struct pair *pair, uint32_t spi_in);
ike2_err ike2_pair_draw_spi(struct pair *pair);
/* Room for what was agreed; IKE2_ERR_MEMORY. */
ike2_err ike2_pair_prepare(struct pair *pair, const struct child_stage *stage);
/* Fills the pair, for which room was prepared, and has it installed. The keys are taken over. */
void ike2_pair_lay(struct pair *pair, struct child_stage *stage, uint32_t spi_out);
/* Out of the data plane, at once. With `tell`, the peer gets a Delete. */
void ike2_pair_end(struct pair *pair, bool tell);
/* Its Delete has been exchanged: the outbound half goes, the inbound one a little later. */
void ike2_pair_retire(struct pair *pair);
/* The Delete that our message carried has been answered. */
void ike2_pair_on_deleted(struct pair *pair);
/* Its inbound SPI may be used again. */
void ike2_pair_unname(struct pair *pair);
/* Off every list; its memory lives until the next poll. */
void ike2_pair_remove(struct pair *pair);
/* Has it a use, now or soon? What is replaced, closing or gone has none. */
bool ike2_pair_is_live(const struct pair *pair);
/* May the child send on it? */
bool ike2_pair_can_send(const struct pair *pair);
/* Releases what outputs may view, at the next poll. */
void ike2_pair_bury_selectors(struct pair *pair);
/* That block, which is somebody else's from now on; NULL: there is none. */
struct grave *ike2_pair_leave_selectors(struct pair *pair);

void ike2_pair_fill_rekeyed(const struct pair *pair, ike2_output *out);

#endif
