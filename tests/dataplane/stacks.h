/* stacks.h - two hosts on one machine: each has a network namespace, a data plane `tun` in it, and
 * sockets. What the planes send goes to each other without any network between them. */
#ifndef TESTS_STACKS_H
#define TESTS_STACKS_H

#include "dataplane/dataplane.h"
#include "pairs.h"
#include "support/crypto_wrap.h"

struct stack {
    struct dataplane *plane;
    struct stack *other;
    bool is_right;
    int netns;         /* to come back to it */
    int udp4, udp6, ping; /* bound to 10.x.0.1, 2001:db8:x::1; ping is a raw socket of ICMP */
    size_t n_sent;     /* ESP packets */
};

struct stacks {
    struct crypto_wrap wrap;
    struct stack left, right;
};

/* Two namespaces with a plane each, and pair 1 of both, switched on: 10.1.0.0/16 and
 * 2001:db8:1::/64 on the left, with 2 on the right. Ends the program with 77 where that is not
 * possible at all. */
void stacks_open(struct stacks *s);
void stacks_close(struct stacks *s);

/* The program is in this namespace from now on. */
void stack_enter(const struct stack *s);
/* Fills in what a host brings. */
void stack_host(struct stacks *s, struct stack *stack, struct dataplane_host *out);
/* Installs and switches a pair. */
void stack_install(struct stacks *s, struct stack *stack, uint32_t number);
/* What the test pair has, plus IPv6. */
void stack_pair(struct stacks *s, const struct stack *stack, uint32_t number,
                struct test_pair *out);

/* The address of either end, as a sockaddr of IPv4 or IPv6 whose length is returned. */
struct sockaddr_storage;
unsigned stack_address(const struct stack *s, bool v6, struct sockaddr_storage *out);
/* Lets packets flow until the socket has something to read, or an error. */
void stacks_wait(struct stacks *s, int fd);

#endif
