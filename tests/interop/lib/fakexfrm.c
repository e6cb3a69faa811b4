/* fakexfrm - preloaded into charon so that it believes its ESP SAs were installed.
 *
 * The interop tests look at IKE only. A kernel may have XFRM but no ESP, and then refuses every
 * SA; the userspace substitute (kernel-libipsec) pretends to be behind a NAT, which is what the
 * tests of a plain path must not have. So the messages that write an SA are turned into an empty
 * message: the kernel acknowledges it like any other, and all else (SPI allocation, policies)
 * stays as it is. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <linux/netlink.h>
#include <linux/xfrm.h>

typedef ssize_t sendto_function(int, const void *, size_t, int, const struct sockaddr *, socklen_t);

static bool socket_option_is(int fd, int option, int wanted)
{
    int value = 0;
    socklen_t len = sizeof value;

    return getsockopt(fd, SOL_SOCKET, option, &value, &len) == 0 && value == wanted;
}

static bool writes_an_sa(int type)
{
    return type == XFRM_MSG_NEWSA || type == XFRM_MSG_UPDSA || type == XFRM_MSG_DELSA;
}

ssize_t sendto(int fd, const void *data, size_t len, int flags, const struct sockaddr *to,
               socklen_t to_len)
{
    sendto_function *real;
    struct nlmsghdr header;

    *(void **)&real = dlsym(RTLD_NEXT, "sendto");
    if (len < sizeof header || !socket_option_is(fd, SO_DOMAIN, AF_NETLINK) ||
        !socket_option_is(fd, SO_PROTOCOL, NETLINK_XFRM))
        return real(fd, data, len, flags, to, to_len);

    memcpy(&header, data, sizeof header);
    if (!writes_an_sa(header.nlmsg_type))
        return real(fd, data, len, flags, to, to_len);

    header.nlmsg_type = NLMSG_NOOP;
    header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
    header.nlmsg_len = sizeof header;
    if (real(fd, &header, sizeof header, flags, to, to_len) < 0)
        return -1;
    return (ssize_t)len;
}
