/* clock.h - the time of endpoints, jobs and fetches. */
#ifndef COMMON_CLOCK_H
#define COMMON_CLOCK_H

#include <uv.h>

#include <ike2/types.h>

/* Milliseconds; they never jump. */
static inline ike2_time clock_now(void)
{
    return uv_hrtime() / 1000000u;
}

#endif
