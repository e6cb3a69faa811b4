/* order.h - what is ordered on a control socket: new keys for SAs, new proofs, or their end. */
#ifndef COMMON_ORDER_H
#define COMMON_ORDER_H

#include "control.h"

/* The user of each is a struct book. */
extern const struct control_command order_commands[];
extern const size_t n_order_commands;

#endif
