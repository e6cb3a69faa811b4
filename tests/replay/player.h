/* replay/player.h - plays a journal (examples/common/journal.h): a fresh endpoint, with a provider
 * that says what was said then, gets the calls that were made, and what comes out is compared. */
#ifndef REPLAY_PLAYER_H
#define REPLAY_PLAYER_H

#include <stdio.h>

#include "common/problem.h"

#include <stdbool.h>

struct played {
    unsigned calls, sent, received, events; /* up to the end, or to where it parts */
};

/* True if everything came out as it was recorded; else why says where it parts. `ladder` gets a
 * line for each message, command and event; NULL: nobody wants it. */
bool play(FILE *journal, FILE *ladder, struct played *sums, struct problem *why);

#endif
