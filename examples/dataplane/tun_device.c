#include "tun_device.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/if.h>
#include <linux/if_tun.h>

static const char clone_device[] = "/dev/net/tun";

static const char *open_remedy(int error)
{
    if (error == ENOENT || error == ENODEV || error == ENXIO)
        return ": load the kernel's module (modprobe tun), or give the container the device "
               "(--device /dev/net/tun)";
    if (error == EACCES || error == EPERM)
        return ": run as root, or with CAP_NET_ADMIN and access to that file";
    return "";
}

static const char *make_remedy(int error)
{
    if (error == EPERM)
        return ": run as root, or with CAP_NET_ADMIN";
    if (error == EBUSY)
        return ": another program has it; stop that one, or choose another name";
    if (error == EINVAL)
        return ": choose another name, or remove the interface that has it";
    return "";
}

static bool make(struct tun_device *d, const char *name, struct fault *fault)
{
    struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };

    if (strlen(name) >= sizeof request.ifr_name)
        return fault_set(fault, "'%s' is too long for the name of an interface", name);
    (void)snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
    if (ioctl(d->fd, TUNSETIFF, &request) < 0)
        return fault_set(fault, "cannot make the interface %s: %s%s", name, strerror(errno),
                         make_remedy(errno));
    (void)snprintf(d->name, sizeof d->name, "%.*s", TUN_NAME - 1, request.ifr_name);
    return true;
}

bool tun_device_open(struct tun_device *d, const char *name, struct fault *fault)
{
    *d = (struct tun_device){ .fd = open(clone_device, O_RDWR | O_NONBLOCK | O_CLOEXEC) };
    if (d->fd < 0)
        return fault_set(fault, "cannot open %s: %s%s", clone_device, strerror(errno),
                         open_remedy(errno));
    if (make(d, name, fault))
        return true;
    tun_device_close(d);
    return false;
}

void tun_device_close(struct tun_device *d)
{
    if (d->fd >= 0)
        (void)close(d->fd);
    *d = (struct tun_device){ .fd = -1 };
}
