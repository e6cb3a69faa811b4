/* links.h - two hosts on one machine with a wire between them: each has a network namespace and a
 * data plane `xfrm` in it. 192.0.2.1 and 2001:db8::1 are on the left, with 2 on the right; behind
 * them 10.1.0.1 and 10.2.0.1, 2001:db8:1::1 and 2001:db8:2::1. */
#ifndef TESTS_LINKS_H
#define TESTS_LINKS_H

#include "common/udp.h"
#include "dataplane/dataplane.h"
#include "pairs.h"
#include "support/crypto_wrap.h"

enum { LINK_REPORTS = 64 };

struct link_end {
    struct dataplane *plane;
    int netns; /* to come back to it */
    bool is_right;
    struct udp_socket natt[4]; /* ports 500 and 4500 of both families, shared with the kernel */
    struct dataplane_report reports[LINK_REPORTS];
    size_t n_reports;
};

struct links {
    struct crypto_wrap wrap;
    struct link_end left, right;
};

/* Ends the program with 77 where that is not possible at all. */
void links_open(struct links *l);
/* Closes the data planes; the kernels must have nothing of them left. */
void links_close(struct links *l);

/* The program is in this namespace from now on. */
void link_enter(const struct link_end *e);
/* Runs a command of the shell there; it must succeed. */
__attribute__((format(printf, 2, 3))) void link_run(const struct link_end *e, const char *format,
                                                    ...);
/* What it prints, as a text of its own: free it. */
char *link_read(const struct link_end *e, const char *command);

/* A pair of this number as test_pair_make makes it, for both families inside; `encap` is
 * IKE2_ENCAP_*. */
void link_pair(struct links *l, const struct link_end *e, enum test_cipher cipher, uint32_t number,
               uint8_t encap, struct test_pair *out);
/* INSTALL, and with `switched` SWITCH. False leaves the reason in `fault`. */
bool link_install(const struct link_end *e, const struct test_pair *p, bool switched,
                  struct fault *fault);
/* Lets both data planes read until this one has reported it; the report, or a failed test. */
const struct dataplane_report *links_wait(struct links *l, struct link_end *e, uint8_t kind);
/* Reads what is there. */
void link_poll(struct link_end *e);
/* Sends `n` datagrams of 100 octets from one end's inner address to the other's, which receives
 * them all. */
void links_pass(const struct link_end *from, const struct link_end *to, bool v6, unsigned n);
/* The same to `port`, without anybody who receives. */
void link_send(const struct link_end *from, const char *source, const char *to, uint16_t port);

#endif
