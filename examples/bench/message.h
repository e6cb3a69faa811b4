/* message.h - processor time of the codec alone: one message read, and written. */
#ifndef BENCH_MESSAGE_H
#define BENCH_MESSAGE_H

#include "pace.h"
#include "recording.h"
#include "spread.h"

enum { MESSAGES = 2 };
extern const char *const message_names[MESSAGES];

struct message_result {
    size_t octets, payloads;
    unsigned long count; /* in each round */
    struct spread decode_ns, encode_ns;
};

/* The IKE_SA_INIT request, and the payloads inside the IKE_AUTH request. */
bool message_measure(const struct recording *rec, const struct pace *pace,
                     struct message_result out[MESSAGES], struct problem *why);

#endif
