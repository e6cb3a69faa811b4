/* tun_device.h - a TUN interface: a descriptor that gives and takes whole IP packets. It lives as
 * long as the descriptor is open, and its addresses and routes with it. */
#ifndef DATAPLANE_TUN_DEVICE_H
#define DATAPLANE_TUN_DEVICE_H

#include "fault.h"

enum { TUN_NAME = 16 };

struct tun_device {
    int fd;
    char name[TUN_NAME]; /* as the kernel made it from a pattern with %d */
};

/* Makes the interface; it has no address and is down. Without one `fd` is -1. */
bool tun_device_open(struct tun_device *d, const char *name, struct fault *fault);
void tun_device_close(struct tun_device *d);

#endif
