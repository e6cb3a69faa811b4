/* profile.h - the options of one connection in a file, so that the command line is short:
 *
 *     host = "vpn.example.org"
 *     cert = "alice.pem"            # file names are relative to this file
 *     remote-ts = {"10.1.0.0/16", "10.2.0.0/16"}
 *     force-encap = yes
 */
#ifndef CLIENT_PROFILE_H
#define CLIENT_PROFILE_H

#include <stdbool.h>

#include "common/problem.h"
#include "words.h"

/* Takes one value of the file; the text is valid during the call. False ends the reading. */
typedef bool profile_taker(void *user, enum word_id id, const char *text);

bool profile_read(const char *path, profile_taker *take, void *user, struct problem *why);

#endif
