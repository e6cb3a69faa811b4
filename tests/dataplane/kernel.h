/* kernel.h - a kernel that is made up: what the data plane tells it by talk_ask is kept, SAs and
 * policies come and go by name, and it can be made to refuse. The tests are linked so that talk_ask
 * comes here. */
#ifndef TESTS_KERNEL_H
#define TESTS_KERNEL_H

#include "dataplane/talk.h"

enum { KERNEL_MAX = 512 };

/* From now on the program talks to this one; it has nothing yet. */
void kernel_start(void);
/* The n-th message from now on is answered with `error`; 0 = none. */
void kernel_fail_at(uint64_t n, int error);
/* Messages of this type are answered with `error`; one type at a time. */
void kernel_refuse(uint16_t type, int error);
/* SAs, and policies, that it has. */
size_t kernel_sas(void);
size_t kernel_policies(void);
/* A policy of another program: with the name of the last one that was told. */
void kernel_give_policy(uint32_t reqid);
/* What it says an SA has come to: packets, and the last sequence number. */
void kernel_count(uint64_t packets, uint32_t sequence);

/* Messages of this type so far, and the last of them, without its netlink header. */
size_t kernel_told(uint16_t type);
const void *kernel_last(uint16_t type, size_t *len);
/* The body of an attribute of that message, or NULL. `head` is what stands in front of them. */
const void *kernel_attribute(uint16_t type, size_t head, uint16_t attribute, size_t *len);

#endif
