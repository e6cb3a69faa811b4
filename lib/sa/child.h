/* sa/child.h - a Child SA, its pair of SPIs, and the lane of data plane jobs that it owns. RFC 7296
 * 1.2, 1.4.1, 2.9, 2.17. */
#ifndef SA_CHILD_H
#define SA_CHILD_H

#include "policy/narrow.h"
#include "policy/select.h"
#include "sa/job.h"
#include "sa/sa.h"

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

enum child_state {
    CHILD_NEW,     /* being negotiated */
    CHILD_LAID,    /* agreed; the data plane is being programmed */
    CHILD_UP,
    CHILD_CLOSING, /* being removed */
    CHILD_GONE     /* removed; a Delete may still be owed to the peer */
};

struct pair_selectors;

/* What the data plane has been asked and has done. One job at a time. */
struct lane {
    ike2_job *job;       /* made with the child, used for every operation */
    uint8_t out;         /* IKE2_LANE_* that is out, or 0 */
    bool is_reserved;    /* the inbound SPI is the data plane's: RELEASE is due */
    bool is_installed, install_failed, is_late;
    bool wants_switch;
};

struct child {
    struct grave grave;
    struct output up, down;
    struct list_node node; /* in sa->children.list */
    struct sa *sa;
    ike2_child_id id;
    uint64_t tag;
    enum child_state state;
    bool has_pair, wants_delete;
    ike2_pair pair;        /* without keys */
    struct pair_selectors *selectors; /* that `pair` views */
    size_t n_ts;
    struct lane lane;
    struct ending ending;
    ike2_time created_at;
};

/* The negotiation of one child, staged in an exchange. */
struct child_stage {
    struct grave grave;        /* ASK_CHILD views the selectors */
    struct child *child;
    bool owns_child;           /* a responder's: it goes with the stage unless it is laid */
    uint32_t template_index;   /* UINT32_MAX: none */
    struct selection selection;
    struct selectors local, remote;            /* as narrowed */
    struct selectors asked_local, asked_remote; /* as requested */
    struct child_keys keys;
    bool peer_has_it;          /* an initiator's: the peer has answered with a child */
    uint16_t refusal;          /* notify instead of a child, or 0 */
    uint64_t trace;
    uint8_t reason;
};

struct exchange;

/* --- Life ---------------------------------------------------------------------------- */

/* A child in CHILD_NEW with its id and its lane's job. */
ike2_err ike2_child_new(struct sa *sa, uint64_t tag, struct child **out);
/* Draws an inbound SPI, or takes the data plane's; notes it in the endpoint's map. */
ike2_err ike2_child_take_spi(struct child *child, uint32_t spi_in);
ike2_err ike2_child_draw_spi(struct child *child);
/* Room for what was agreed; IKE2_ERR_MEMORY. */
ike2_err ike2_child_prepare(struct child *child, const struct child_stage *stage);
/* Fills the pair, for which room was prepared: the child is CHILD_LAID and its INSTALL is out. The
 * keys are taken over. */
void ike2_child_lay(struct child *child, struct child_stage *stage, uint32_t spi_out);
/* Ends the child: removed from the data plane, then CHILD_DOWN. With `tell`, the peer gets a
 * Delete. */
void ike2_child_end(struct child *child, bool tell, uint8_t reason, uint16_t notify,
                    uint64_t trace);
/* The Delete has been sent, or is not due: CHILD_DOWN. */
void ike2_child_bury(struct child *child);
/* Releases everything at once: the endpoint goes away. */
void ike2_child_destroy(struct child *child);
/* Before that: the lane's job stays with the integrator, and with it what the job views. NULL, or a
 * block that is the job's from now on. */
struct grave *ike2_child_leave_job(struct child *child);
struct child *ike2_child_by_spi_out(const struct sa *sa, uint32_t spi_out);

struct child_stage *ike2_child_stage_new(struct host *host);
void ike2_child_stage_free(struct host *host, struct child_stage *stage);

/* --- Lane ---------------------------------------------------------------------------- */

/* Asks the data plane for what is due next. */
void ike2_lane_advance(struct child *child);
/* Send on the pair from now on. */
void ike2_lane_switch(struct child *child);
/* A lane's job has come back; it is the lane's again. */
void ike2_lane_on_finished(struct child *child);
/* TIMER_LANE: an INSTALL that is late has failed; the lane stays held. */
void ike2_lane_on_late(struct child *child);

/* --- Outputs ------------------------------------------------------------------------- */

void ike2_child_fill_up(const struct child *child, ike2_output *out);
void ike2_child_fill_down(struct child *child, ike2_output *out);
/* ASK_CHILD, ASK_SPI. */
void ike2_child_fill_ask(const struct exchange *x, ike2_output *out);
const char *ike2_child_state_name(enum child_state s);

#endif
