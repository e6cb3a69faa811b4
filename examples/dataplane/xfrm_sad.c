#include "xfrm_sad.h"

#include <errno.h>
#include <string.h>

#include <libmnl/libmnl.h>

#include "xfrm_alg.h"

/* --- Faults ------------------------------------------------------------------------------- */

static const char *remedy(int error)
{
    return error == EPERM ? ": CAP_NET_ADMIN is needed" : "";
}

/* Linux says ENOSYS where it has no such algorithm, and EPROTONOSUPPORT where it has no ESP. */
static bool refuse(const ike2_suite *suite, int error, struct fault *fault)
{
    struct xfrm_alg alg = { .encr = "?" };
    struct fault ignored;

    (void)xfrm_alg_find(suite, &alg, &ignored);
    if (error == ENOSYS || error == EPROTONOSUPPORT)
        return fault_set(fault, "no ESP with %s in this kernel: modprobe esp4, or dataplane tun",
                         alg.encr);
    return fault_set(fault, "the kernel does not take the SA: %s%s", strerror(error),
                     remedy(error));
}

/* --- Messages ----------------------------------------------------------------------------- */

/* 0, an errno, or -1 where there is a fault already. */
static int write_sa(const struct xfrm_sad *s, uint16_t type, const struct xfrm_half *h,
                    struct fault *fault)
{
    struct talk_message m;
    int error = -1;

    if (xfrm_sa_write(&m, type, h, s->crypto, fault))
        error = talk_tell(s->talk, &m);
    explicit_bzero(&m, sizeof m);
    return error;
}

static bool finish(const struct xfrm_half *h, int error, struct fault *fault)
{
    if (error > 0)
        return refuse(&h->pair->suite, error, fault);
    return error == 0;
}

bool xfrm_sad_update(const struct xfrm_sad *s, const struct xfrm_half *h, struct fault *fault)
{
    return finish(h, write_sa(s, XFRM_MSG_UPDSA, h, fault), fault);
}

bool xfrm_sad_put(const struct xfrm_sad *s, const struct xfrm_half *h, bool is_reserved,
                  struct fault *fault)
{
    int error = ESRCH;

    if (is_reserved)
        error = write_sa(s, XFRM_MSG_UPDSA, h, fault);
    if (error == ESRCH)
        error = write_sa(s, XFRM_MSG_NEWSA, h, fault);
    return finish(h, error, fault);
}

bool xfrm_sad_delete(const struct xfrm_sad *s, const struct xfrm_name *name, struct fault *fault)
{
    struct talk_message m;
    int error;

    xfrm_sa_write_name(&m, XFRM_MSG_DELSA, name);
    error = talk_tell(s->talk, &m);
    return error == 0 || error == ESRCH ||
           fault_set(fault, "the kernel does not give SPI %08x up: %s%s", name->spi,
                     strerror(error), remedy(error));
}

bool xfrm_sad_get(const struct xfrm_sad *s, const struct xfrm_name *name, struct xfrm_progress *out)
{
    struct talk_message m;
    struct talk_answer answer;
    bool ok;

    xfrm_sa_write_name(&m, XFRM_MSG_GETSA, name);
    ok = talk_ask(s->talk, &m, &answer) == 0 && xfrm_sa_read(&answer, out);
    explicit_bzero(&answer, sizeof answer); /* the keys are in it */
    return ok;
}

bool xfrm_sad_reserve(const struct xfrm_sad *s, const ike2_path *path, uint8_t protocol,
                      uint32_t *spi, struct fault *fault)
{
    struct talk_message m;
    struct talk_answer answer;
    int error;

    xfrm_sa_write_reserve(&m, path, protocol);
    error = talk_ask(s->talk, &m, &answer);
    if (error != 0)
        return fault_set(fault, "the kernel gives no SPI: %s%s", strerror(error), remedy(error));
    return xfrm_sa_read_spi(&answer, spi) ||
           fault_set(fault, "the kernel's answer about an SPI is none");
}

/* --- What was left behind ----------------------------------------------------------------- */

enum { PURGED_AT_ONCE = 64 };

struct purge {
    uint32_t reqid;
    struct xfrm_usersa_id ids[PURGED_AT_ONCE];
    size_t n;
};

static int on_sa(const struct nlmsghdr *header, void *data)
{
    struct purge *p = data;
    struct xfrm_usersa_info info;
    struct xfrm_usersa_id *id;

    if (!talk_body(header, header->nlmsg_len, XFRM_MSG_NEWSA, &info, sizeof info) ||
        info.reqid != p->reqid || p->n == PURGED_AT_ONCE)
        return MNL_CB_OK;
    id = &p->ids[p->n++];
    memset(id, 0, sizeof *id);
    id->daddr = info.id.daddr;
    id->spi = info.id.spi;
    id->family = info.family;
    id->proto = info.id.proto;
    return MNL_CB_OK;
}

void xfrm_sad_purge(const struct xfrm_sad *s, uint32_t reqid)
{
    struct purge p = { .reqid = reqid };
    struct talk_message m;

    talk_begin(&m, XFRM_MSG_GETSA, NLM_F_DUMP);
    (void)talk_each(s->talk, &m, on_sa, &p);
    for (size_t i = 0; i < p.n; i++) {
        talk_begin(&m, XFRM_MSG_DELSA, 0);
        memcpy(mnl_nlmsg_put_extra_header(m.header, sizeof p.ids[i]), &p.ids[i], sizeof p.ids[i]);
        (void)talk_tell(s->talk, &m);
    }
}
