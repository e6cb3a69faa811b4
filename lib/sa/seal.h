/* sa/seal.h - a composed message becomes a parcel: sealed, in one piece or in fragments, and sealed
 * anew when smaller fragments are needed. RFC 7296 2.1, 3.14; RFC 7383 2.5, 2.5.2. */
#ifndef SA_SEAL_H
#define SA_SEAL_H

#include "sa/sa.h"

/* Seals `task` for the SA's path; IKE2_ERR_SPACE, _MEMORY, _CRYPTO. What smaller fragments would
 * need is kept with the parcel, if the message is so large that they could help. */
ike2_err ike2_seal(struct sa *sa, const struct seal_task *task, struct parcel **out);
/* It seems that nothing gets through: the message of `*p` goes on in fragments of the smallest
 * size, as all others of this SA from here on. False: it does not become smaller, or not now. */
bool ike2_seal_smaller(struct sa *sa, struct parcel **p);

#endif
