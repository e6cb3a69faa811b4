#include "xfrm_policy.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>

#include "xfrm_sa.h"
#include "xfrm_selector.h"

static bool same_address(const ike2_addr *a, const ike2_addr *b)
{
    return a->family == b->family && memcmp(a->ip, b->ip, sizeof a->ip) == 0;
}

bool xfrm_wish_equal(const struct xfrm_wish *a, const struct xfrm_wish *b)
{
    return same_address(&a->from, &b->from) && same_address(&a->to, &b->to) && a->spi == b->spi &&
           a->reqid == b->reqid && a->transport == b->transport;
}

static void put_wish(struct talk_message *m, const struct xfrm_wish *wish)
{
    struct xfrm_user_tmpl tmpl;

    memset(&tmpl, 0, sizeof tmpl); /* octets between members go to the kernel, too */
    tmpl.id.daddr = xfrm_address(&wish->to);
    tmpl.id.spi = htonl(wish->spi);
    tmpl.id.proto = IPPROTO_ESP;
    tmpl.family = xfrm_family(&wish->to);
    tmpl.saddr = xfrm_address(&wish->from);
    tmpl.reqid = wish->reqid;
    tmpl.mode = wish->transport ? XFRM_MODE_TRANSPORT : XFRM_MODE_TUNNEL;
    /* Which algorithms is a matter of the SA. */
    tmpl.aalgos = tmpl.ealgos = tmpl.calgos = UINT32_MAX;
    mnl_attr_put(m->header, XFRMA_TMPL, sizeof tmpl, &tmpl);
}

void xfrm_policy_write(struct talk_message *m, uint16_t type, const struct xfrm_policy_name *name,
                       const struct xfrm_wish *wish)
{
    struct xfrm_userpolicy_info *info;

    talk_begin(m, type, 0);
    info = mnl_nlmsg_put_extra_header(m->header, sizeof *info);
    info->sel = name->selector;
    info->lft = (struct xfrm_lifetime_cfg){
        .soft_byte_limit = XFRM_INF,
        .hard_byte_limit = XFRM_INF,
        .soft_packet_limit = XFRM_INF,
        .hard_packet_limit = XFRM_INF,
    };
    info->priority = xfrm_selector_priority(&name->selector);
    info->dir = name->dir;
    info->action = XFRM_POLICY_ALLOW;
    put_wish(m, wish);
}

void xfrm_policy_write_name(struct talk_message *m, uint16_t type,
                            const struct xfrm_policy_name *name)
{
    struct xfrm_userpolicy_id *id;

    talk_begin(m, type, 0);
    id = mnl_nlmsg_put_extra_header(m->header, sizeof *id);
    id->sel = name->selector;
    id->dir = name->dir;
}

static int read_wish(const struct nlattr *attr, void *data)
{
    uint32_t *reqid = data;
    struct xfrm_user_tmpl tmpl;

    if (mnl_attr_get_type(attr) != XFRMA_TMPL || mnl_attr_get_payload_len(attr) < sizeof tmpl)
        return MNL_CB_OK;
    memcpy(&tmpl, mnl_attr_get_payload(attr), sizeof tmpl);
    *reqid = tmpl.reqid;
    return MNL_CB_STOP;
}

uint32_t xfrm_policy_reqid(const struct nlmsghdr *header, size_t head)
{
    uint32_t reqid = 0;

    talk_attributes(header, head, read_wish, &reqid);
    return reqid;
}

bool xfrm_policy_read(const struct talk_answer *a, uint32_t *reqid)
{
    struct xfrm_userpolicy_info info;

    if (!talk_body(&a->room.header, a->len, XFRM_MSG_NEWPOLICY, &info, sizeof info))
        return false;
    *reqid = xfrm_policy_reqid(&a->room.header, sizeof info);
    return true;
}
