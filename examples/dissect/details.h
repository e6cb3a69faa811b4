/* details.h - an IKE message with every field, for people: what is below its line in a verbose
 * output. */
#ifndef DISSECT_DETAILS_H
#define DISSECT_DETAILS_H

#include "message.h"
#include "tree.h"

void details_show(const struct tree *t, const struct findings *f);

#endif
