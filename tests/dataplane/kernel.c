/* kernel.c - a kernel that is made up. */
#include "kernel.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include <libmnl/libmnl.h>
#include <linux/xfrm.h>

/* By the linker's option --wrap. */
int __real_talk_ask(struct talk *t, struct talk_message *m, struct talk_answer *out);
int __wrap_talk_ask(struct talk *t, struct talk_message *m, struct talk_answer *out);

int __real_talk_each(struct talk *t, struct talk_message *m, talk_reader *each, void *data);
int __wrap_talk_each(struct talk *t, struct talk_message *m, talk_reader *each, void *data);

enum { TYPES = 64 };

struct named_policy {
    struct xfrm_userpolicy_id id;
    uint32_t reqid;
};

static struct {
    bool is_on;
    uint64_t fail_at;
    int fail_with, refusal;
    uint16_t refused;
    struct xfrm_usersa_id sas[KERNEL_MAX];
    size_t n_sas;
    struct named_policy policies[KERNEL_MAX];
    size_t n_policies;
    uint64_t packets;
    uint32_t sequence, last_spi;
    size_t told[TYPES];
    struct talk_message last[TYPES];
} k;

void kernel_start(void)
{
    memset(&k, 0, sizeof k);
    k.is_on = true;
    k.last_spi = 0xc0000000;
}

void kernel_fail_at(uint64_t n, int error)
{
    k.fail_at = n;
    k.fail_with = error;
}

void kernel_refuse(uint16_t type, int error)
{
    k.refused = type;
    k.refusal = error;
}

size_t kernel_sas(void)
{
    return k.n_sas;
}

size_t kernel_policies(void)
{
    return k.n_policies;
}

void kernel_count(uint64_t packets, uint32_t sequence)
{
    k.packets = packets;
    k.sequence = sequence;
}

/* --- What it was told ------------------------------------------------------------------- */

static size_t slot(uint16_t type)
{
    assert_true(type >= XFRM_MSG_BASE && type < XFRM_MSG_BASE + TYPES);
    return type - XFRM_MSG_BASE;
}

size_t kernel_told(uint16_t type)
{
    return k.told[slot(type)];
}

static const struct nlmsghdr *last(uint16_t type)
{
    assert_true(kernel_told(type) > 0);
    return (const struct nlmsghdr *)(const void *)k.last[slot(type)].room.octets;
}

const void *kernel_last(uint16_t type, size_t *len)
{
    *len = mnl_nlmsg_get_payload_len(last(type));
    return mnl_nlmsg_get_payload(last(type));
}

struct search {
    uint16_t attribute;
    const struct nlattr *found;
};

static int on_attribute(const struct nlattr *attr, void *data)
{
    struct search *s = data;

    if (mnl_attr_get_type(attr) == s->attribute)
        s->found = attr;
    return MNL_CB_OK;
}

static const struct nlattr *find_attribute(const struct nlmsghdr *header, size_t head,
                                           uint16_t attribute)
{
    struct search s = { .attribute = attribute };

    talk_attributes(header, head, on_attribute, &s);
    return s.found;
}

const void *kernel_attribute(uint16_t type, size_t head, uint16_t attribute, size_t *len)
{
    const struct nlattr *found = find_attribute(last(type), head, attribute);

    if (found == NULL)
        return NULL;
    *len = mnl_attr_get_payload_len(found);
    return mnl_attr_get_payload(found);
}

/* --- SAs -------------------------------------------------------------------------------- */

static struct xfrm_usersa_id *find_sa(const struct xfrm_usersa_id *id)
{
    for (size_t i = 0; i < k.n_sas; i++) {
        if (k.sas[i].spi == id->spi && memcmp(&k.sas[i].daddr, &id->daddr, 16) == 0)
            return &k.sas[i];
    }
    return NULL;
}

static int add_sa(const struct xfrm_usersa_id *id, bool is_update)
{
    if ((find_sa(id) != NULL) != is_update)
        return is_update ? ESRCH : EEXIST;
    assert_true(is_update || k.n_sas < KERNEL_MAX);
    if (!is_update)
        k.sas[k.n_sas++] = *id;
    return 0;
}

static int delete_sa(const struct xfrm_usersa_id *id)
{
    struct xfrm_usersa_id *at = find_sa(id);

    if (at == NULL)
        return ESRCH;
    *at = k.sas[--k.n_sas];
    return 0;
}

static void begin_answer(struct talk_message *m, const struct xfrm_usersa_id *id)
{
    struct xfrm_usersa_info *info;

    talk_begin(m, XFRM_MSG_NEWSA, 0);
    info = mnl_nlmsg_put_extra_header(m->header, sizeof *info);
    info->id.daddr = id->daddr;
    info->id.spi = id->spi;
    info->curlft.packets = k.packets;
    info->curlft.bytes = k.packets * 100;
}

static void answer(struct talk_answer *out, const struct talk_message *m)
{
    out->len = m->header->nlmsg_len;
    memcpy(out->room.octets, m->room.octets, out->len);
}

static int get_sa(const struct xfrm_usersa_id *id, struct talk_answer *out)
{
    const struct xfrm_replay_state legacy = { .oseq = k.sequence };
    struct talk_message m;

    if (find_sa(id) == NULL)
        return ESRCH;
    begin_answer(&m, id);
    mnl_attr_put(m.header, XFRMA_REPLAY_VAL, sizeof legacy, &legacy);
    answer(out, &m);
    return 0;
}

static int reserve(const struct xfrm_userspi_info *info, struct talk_answer *out)
{
    struct xfrm_usersa_id id = { .daddr = info->info.id.daddr };
    struct talk_message m;

    id.spi = __builtin_bswap32(++k.last_spi);
    begin_answer(&m, &id);
    answer(out, &m);
    return add_sa(&id, false);
}

/* --- Policies --------------------------------------------------------------------------- */

static struct named_policy *find_policy(const struct xfrm_userpolicy_id *id)
{
    for (size_t i = 0; i < k.n_policies; i++) {
        if (k.policies[i].id.dir == id->dir &&
            memcmp(&k.policies[i].id.sel, &id->sel, sizeof id->sel) == 0)
            return &k.policies[i];
    }
    return NULL;
}

static int add_policy(const struct nlmsghdr *header, bool is_update)
{
    const struct xfrm_userpolicy_info *info = mnl_nlmsg_get_payload(header);
    const struct xfrm_userpolicy_id id = { .sel = info->sel, .dir = info->dir };
    struct named_policy *p = find_policy(&id);
    struct xfrm_user_tmpl tmpl;

    if (p != NULL && !is_update)
        return EEXIST;
    assert_true(k.n_policies < KERNEL_MAX);
    if (p == NULL)
        p = &k.policies[k.n_policies++];
    memcpy(&tmpl, mnl_attr_get_payload(find_attribute(header, sizeof *info, XFRMA_TMPL)),
           sizeof tmpl);
    *p = (struct named_policy){ .id = id, .reqid = tmpl.reqid };
    return 0;
}

static int delete_policy(const struct xfrm_userpolicy_id *id)
{
    struct named_policy *p = find_policy(id);

    if (p == NULL)
        return ENOENT;
    *p = k.policies[--k.n_policies];
    return 0;
}

static int get_policy(const struct xfrm_userpolicy_id *id, struct talk_answer *out)
{
    const struct named_policy *p = find_policy(id);
    struct xfrm_user_tmpl tmpl = { .reqid = p != NULL ? p->reqid : 0 };
    struct xfrm_userpolicy_info *info;
    struct talk_message m;

    if (p == NULL)
        return ENOENT;
    talk_begin(&m, XFRM_MSG_NEWPOLICY, 0);
    info = mnl_nlmsg_put_extra_header(m.header, sizeof *info);
    info->sel = id->sel;
    mnl_attr_put(m.header, XFRMA_TMPL, sizeof tmpl, &tmpl);
    answer(out, &m);
    return 0;
}

void kernel_give_policy(uint32_t reqid)
{
    const struct xfrm_userpolicy_info *info = mnl_nlmsg_get_payload(last(XFRM_MSG_NEWPOLICY));

    k.policies[k.n_policies++] =
        (struct named_policy){ .id = { .sel = info->sel, .dir = info->dir }, .reqid = reqid };
}

/* --- Talking ---------------------------------------------------------------------------- */

static struct xfrm_usersa_id id_of(const struct xfrm_usersa_info *info)
{
    return (struct xfrm_usersa_id){ .daddr = info->id.daddr, .spi = info->id.spi };
}

static int obey(const struct nlmsghdr *header, struct talk_answer *out)
{
    const void *body = mnl_nlmsg_get_payload(header);
    struct xfrm_usersa_id id;

    switch (header->nlmsg_type) {
    case XFRM_MSG_NEWSA:
    case XFRM_MSG_UPDSA: id = id_of(body); return add_sa(&id, header->nlmsg_type == XFRM_MSG_UPDSA);
    case XFRM_MSG_DELSA: return delete_sa(body);
    case XFRM_MSG_GETSA: return get_sa(body, out);
    case XFRM_MSG_ALLOCSPI: return reserve(body, out);
    case XFRM_MSG_NEWPOLICY: return add_policy(header, false);
    case XFRM_MSG_UPDPOLICY: return add_policy(header, true);
    case XFRM_MSG_DELPOLICY: return delete_policy(body);
    case XFRM_MSG_GETPOLICY: return get_policy(body, out);
    default: fail_msg("message %u is none of the data plane's", header->nlmsg_type); return EINVAL;
    }
}

int __wrap_talk_ask(struct talk *t, struct talk_message *m, struct talk_answer *out)
{
    size_t i;

    if (!k.is_on)
        return __real_talk_ask(t, m, out);
    if (out != NULL)
        out->len = 0;
    i = slot(m->header->nlmsg_type);
    k.told[i]++;
    k.last[i] = *m;
    if (m->header->nlmsg_type == k.refused)
        return k.refusal;
    if (k.fail_at != 0 && --k.fail_at == 0)
        return k.fail_with;
    return obey(m->header, out);
}

/* Dumps: of SAs, all that it has. */
int __wrap_talk_each(struct talk *t, struct talk_message *m, talk_reader *each, void *data)
{
    struct talk_message one;

    if (!k.is_on)
        return __real_talk_each(t, m, each, data);
    for (size_t i = 0; i < k.n_sas; i++) {
        begin_answer(&one, &k.sas[i]);
        (void)each(one.header, data);
    }
    return 0;
}
