/* sa/window.h - a window of more than one for the peer's requests: they may come before their turn,
 * and are dealt with in turn; the last answers to them are kept. RFC 7296 2.3. */
#ifndef SA_WINDOW_H
#define SA_WINDOW_H

#include "sa/park.h"
#include "sa/sa.h"

/* What a window of more than one needs; NULL while it is one. */
struct backlog {
    uint8_t size;
    struct parcel *answers[WINDOW_MAX]; /* before the last one, by Message ID modulo their number */
    struct park early;                  /* authentic datagrams whose turn has not come */
};

/* Makes room for what the definition allows; IKE2_ERR_MEMORY. */
ike2_err ike2_window_open(struct sa *sa);
void ike2_window_close(struct sa *sa);
/* SET_WINDOW_SIZE, if there is room for more than one. */
void ike2_window_write(ike2_writer *w, const struct sa *sa);

/* `p` answers the request whose turn it was. */
void ike2_window_answer(struct sa *sa, struct parcel *p);
/* The answer to a request of before; NULL: it is not kept any more. */
struct parcel *ike2_window_find(const struct sa *sa, uint32_t message_id);
/* May a request with this Message ID come now, before its turn? */
bool ike2_window_is_early(const struct sa *sa, uint32_t message_id);
/* Takes a datagram whose turn has come; NULL: there is none. Released by ike2_park_release. */
struct parked *ike2_window_take(struct sa *sa);

#endif
