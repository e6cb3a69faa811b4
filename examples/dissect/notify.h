/* notify.h - a Notify payload, for people. RFC 7296 3.10. */
#ifndef DISSECT_NOTIFY_H
#define DISSECT_NOTIFY_H

#include "tree.h"

void notify_show(const struct tree *t, ike2_bytes body);

#endif
