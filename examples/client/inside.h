/* inside.h - our place inside of the tunnel: which addresses are ours, what the server has assigned
 * to us, and the script that is told of it. Without a script we set addresses ourselves; with one
 * that has an interface to work on, it does. */
#ifndef CLIENT_INSIDE_H
#define CLIENT_INSIDE_H

#include "script.h"

struct session;

struct inside {
    struct assigned assigned;
    bool is_assigned;
    struct inner inner;
    struct inner set;        /* what the data plane has of them */
    struct selectors remote; /* of the Child SA; as many as there is room for */
    ike2_addr gateway;
    struct script script;
    bool is_told;    /* the script: that we are connected */
    unsigned n_told; /* runs of it that have been told so, and go on */
    bool is_leaving; /* all that is waited for is the script */
    /* What comes next. */
    void (*begin)(struct session *s);   /* the script is ready for the first attempt */
    void (*entered)(struct session *s); /* our addresses are in place */
    void (*left)(struct session *s);    /* all is undone */
    void (*failed)(struct session *s, int code, const struct problem *why, const char *hint);
};

/* After its functions have been set. */
void inside_open(struct session *s, uv_loop_t *loop);
/* Ends in `begin`, or `failed`. */
void inside_begin(struct session *s);
/* EVENT_CONFIG. */
void inside_take(struct session *s, const ike2_output *out);
/* The Child SA is up. Ends in `entered`, or `failed`. */
void inside_enter(struct session *s, const ike2_pair *pair);
/* The server is somewhere else, or has been authenticated anew. */
void inside_change(struct session *s, const ike2_output *out);
/* The connection has gone, and another one may follow. Our addresses stay until we know better. */
void inside_exit(struct session *s);
/* Ends in `left`. */
void inside_leave(struct session *s);

#endif
