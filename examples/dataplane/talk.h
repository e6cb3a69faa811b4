/* talk.h - requests to the kernel by netlink, and its answers, which come at once. */
#ifndef DATAPLANE_TALK_H
#define DATAPLANE_TALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/netlink.h>

/* More than any of our messages, and than an answer, which may repeat ours. */
enum { TALK_MESSAGE = 2048, TALK_ANSWER = 8192 };

/* A message that is being written. It may hold keys: who wrote one wipes it. */
struct talk_message {
    union {
        uint64_t align;
        uint8_t octets[TALK_MESSAGE];
    } room;
    struct nlmsghdr *header;
};

/* What the kernel tells, as one message. */
struct talk_answer {
    union {
        uint64_t align;
        struct nlmsghdr header;
        uint8_t octets[TALK_ANSWER];
    } room;
    size_t len; /* 0 = it had nothing to tell */
};

/* A netlink socket, in the network namespace of the moment, where it stays. `bus` is NETLINK_*.
 * NULL, and errno, if there is none. */
struct talk;
struct talk *talk_open(int bus);
/* NULL is allowed. */
void talk_close(struct talk *t);

/* Begins a message; `flags` NLM_F_* in addition to those of every request. */
void talk_begin(struct talk_message *m, uint16_t type, uint16_t flags);
/* Takes one message of an answer; as of libmnl, MNL_CB_OK to go on. */
typedef int talk_reader(const struct nlmsghdr *header, void *data);
/* Sends it and waits for the kernel's word: 0, or an errno. All that it tells besides is handed
 * over; with NLM_F_DUMP that may be much. */
int talk_each(struct talk *t, struct talk_message *m, talk_reader *each, void *data);
/* Sends it and waits for the kernel's word: 0, or an errno. `out`, which may be NULL, is what it
 * tells besides; it may hold keys, too. */
int talk_ask(struct talk *t, struct talk_message *m, struct talk_answer *out);
/* The same where nothing is told. */
static inline int talk_tell(struct talk *t, struct talk_message *m)
{
    return talk_ask(t, m, NULL);
}

/* Copies what a message of this type begins with; false if it is another, or shorter. `len` is how
 * much of it there is. */
bool talk_body(const struct nlmsghdr *header, size_t len, uint16_t type, void *out, size_t octets);
/* Hands over the attributes behind, which libmnl has checked to lie within the message; `each`
 * gives MNL_CB_OK to go on. The message has at least `octets` in front of them. */
struct nlattr;
void talk_attributes(const struct nlmsghdr *header, size_t octets,
                     int (*each)(const struct nlattr *attr, void *data), void *data);

#endif
