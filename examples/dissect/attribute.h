/* attribute.h - a Configuration payload, for people. RFC 7296 3.15. */
#ifndef DISSECT_ATTRIBUTE_H
#define DISSECT_ATTRIBUTE_H

#include "tree.h"

void attributes_show(const struct tree *t, ike2_bytes body);

#endif
