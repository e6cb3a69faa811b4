/* policy/narrow.h - intersection of traffic selectors. RFC 7296 2.9. Pure. */
#ifndef POLICY_NARROW_H
#define POLICY_NARROW_H

#include <ike2/message.h>

enum { NARROW_MAX = 64 };

struct selectors {
    ike2_ts ts[NARROW_MAX];
    size_t n;
};

/* The intersection of what the peer asks for and `ours`, in the peer's order, without duplicates
 * and without what another one contains. Selectors of unknown type are passed over. Empty: nothing
 * in common. `out` is neither of the others. */
void ike2_narrow(const struct selectors *asked, const struct selectors *ours,
                 struct selectors *out);
/* The TS payload body as a list; IKE2_ERR_LIMIT if there are more than NARROW_MAX. */
ike2_err ike2_selectors_read(ike2_bytes ts_body, struct selectors *out);
/* Is every selector of `inner` within one of `outer`? For an initiator checking the answer. */
bool ike2_selectors_within(const struct selectors *inner, const ike2_ts *outer, size_t n_outer);
bool ike2_selector_is_one_address(const ike2_ts *ts);
/* Is `one` within one of these? */
bool ike2_selectors_hold(const struct selectors *s, const ike2_ts *one);
/* "10.1.0.0/24, 10.2.0.5[tcp/80]", terminated; what does not fit is counted: ", and 3 more". */
void ike2_selectors_text(const ike2_ts *ts, size_t n, char *text, size_t cap);

#endif
