/* endpoint/ops_fault.c - memory that there is not, a provider that fails. */
#include "endpoint/script.h"

/* The n-th allocation from now on fails, and so many after it. */
void op_fail_alloc(struct script *s)
{
    uint8_t choice = tape_u8(s);
    uint64_t from = tape_u8(s) + UINT64_C(1), n = (choice >> 1 & 3) + UINT64_C(1);

    alloc_fail(&s->world->sides[choice & 1]->alloc, from, from + n - 1);
}

void op_fail_crypto(struct script *s)
{
    uint8_t choice = tape_u8(s);
    uint64_t from = tape_u8(s) + UINT64_C(1), n = (choice >> 1 & 3) + UINT64_C(1);

    fake_crypto_fail(&s->world->sides[choice & 1]->fake, from, from + n - 1,
                     (choice & 8) != 0 ? IKE2_ERR_MEMORY : IKE2_ERR_CRYPTO);
}
