#include "talk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>

struct talk {
    struct mnl_socket *socket;
    uint32_t sequence;
};

struct talk *talk_open(int bus)
{
    struct talk *t = calloc(1, sizeof *t);
    int error = ENOMEM;

    if (t == NULL) {
        errno = error;
        return NULL;
    }
    t->socket = mnl_socket_open2(bus, SOCK_CLOEXEC);
    if (t->socket != NULL && mnl_socket_bind(t->socket, 0, MNL_SOCKET_AUTOPID) == 0)
        return t;
    error = errno;
    talk_close(t);
    errno = error;
    return NULL;
}

void talk_close(struct talk *t)
{
    if (t != NULL && t->socket != NULL)
        (void)mnl_socket_close(t->socket);
    free(t);
}

void talk_begin(struct talk_message *m, uint16_t type, uint16_t flags)
{
    memset(m, 0, sizeof *m);
    m->header = mnl_nlmsg_put_header(m->room.octets);
    m->header->nlmsg_type = type;
    m->header->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | NLM_F_ACK | flags);
}

static int on_answer(const struct nlmsghdr *header, void *data)
{
    struct talk_answer *out = data;

    if (out == NULL || header->nlmsg_len > sizeof out->room)
        return MNL_CB_OK;
    memcpy(out->room.octets, header, header->nlmsg_len);
    out->len = header->nlmsg_len;
    return MNL_CB_OK;
}

int talk_each(struct talk *t, struct talk_message *m, talk_reader *each, void *data)
{
    unsigned port = mnl_socket_get_portid(t->socket);
    uint8_t answer[TALK_ANSWER];
    int state = MNL_CB_OK, error = 0;

    m->header->nlmsg_seq = ++t->sequence;
    if (mnl_socket_sendto(t->socket, m->header, m->header->nlmsg_len) < 0)
        return errno;
    /* The acknowledgement comes last. */
    while (state == MNL_CB_OK && error == 0) {
        ssize_t len = mnl_socket_recvfrom(t->socket, answer, sizeof answer);

        if (len < 0)
            error = errno;
        else
            state = mnl_cb_run(answer, (size_t)len, t->sequence, port, each, data);
        if (len >= 0 && state == MNL_CB_ERROR)
            error = errno;
    }
    explicit_bzero(answer, sizeof answer);
    return error;
}

int talk_ask(struct talk *t, struct talk_message *m, struct talk_answer *out)
{
    if (out != NULL)
        out->len = 0;
    return talk_each(t, m, on_answer, out);
}

bool talk_body(const struct nlmsghdr *header, size_t len, uint16_t type, void *out, size_t octets)
{
    if (len < NLMSG_HDRLEN || header->nlmsg_len > len || header->nlmsg_type != type ||
        header->nlmsg_len < NLMSG_HDRLEN + octets)
        return false;
    memcpy(out, mnl_nlmsg_get_payload(header), octets);
    return true;
}

/* Of a message whose length is no multiple of four, mnl_attr_parse would read up to the next one.
 */
void talk_attributes(const struct nlmsghdr *header, size_t octets,
                     int (*each)(const struct nlattr *attr, void *data), void *data)
{
    const size_t head = NLMSG_HDRLEN + NLMSG_ALIGN(octets);
    const uint8_t *at = (const uint8_t *)header + head;

    if (header->nlmsg_len > head)
        (void)mnl_attr_parse_payload(at, header->nlmsg_len - head, each, data);
}
