/* base/limit.h - token bucket: how often something may happen. */
#ifndef BASE_LIMIT_H
#define BASE_LIMIT_H

#include <ike2/types.h>

struct limit {
    uint32_t per_second, burst;
    uint64_t milli_tokens;
    ike2_time filled_at;
};

void ike2_limit_init(struct limit *l, uint32_t per_second, uint32_t burst, ike2_time now);
/* Takes one token if there is one. */
bool ike2_limit_take(struct limit *l, ike2_time now);

#endif
