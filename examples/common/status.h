/* status.h - what is asked on a control socket: the SAs, the connections, the counters. */
#ifndef COMMON_STATUS_H
#define COMMON_STATUS_H

#include "book.h"
#include "control.h"

/* The user of each is a struct book. */
extern const struct control_command status_commands[];
extern const size_t n_status_commands;

#endif
