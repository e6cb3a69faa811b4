/* commands.h - what the server answers on its control socket. doc/man/ikev2ctl.8 lists it. */
#ifndef SERVER_COMMANDS_H
#define SERVER_COMMANDS_H

#include "service.h"

/* `user` is the struct service. */
extern const struct control_command commands[];
extern const size_t n_commands;

#endif
