/* profile.h - what a user imports: for Apple, Windows and the strongSwan app of Android. */
#ifndef CA_PROFILE_H
#define CA_PROFILE_H

#include "issue.h"

/* Writes STEM.mobileconfig, STEM.ps1 and STEM.sswan beside STEM.p12, which has to be there, and
 * says so. A client without a name in subjectAltName gets none for Apple, whose devices send
 * nothing else. No password is in them. */
bool profile_write(const struct authority *a, const struct issue *i, const char *server,
                   struct problem *why);

#endif
