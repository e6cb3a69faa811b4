#include "pace.h"

#include <time.h>

enum { NS_PER_S = 1000000000, LOOKS = 1000, COUNT_MAX = 100000000 };

uint64_t clock_now(void)
{
    struct timespec ts = { 0 };

    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
    return (uint64_t)ts.tv_sec * NS_PER_S + (uint64_t)ts.tv_nsec;
}

const char *clock_name(void)
{
    return "CLOCK_THREAD_CPUTIME_ID";
}

double clock_cost(void)
{
    uint64_t begin = clock_now();

    for (int i = 1; i < LOOKS; i++)
        (void)clock_now();
    return (double)(clock_now() - begin) / (double)LOOKS;
}

unsigned long pace_count(const struct pace *p, double ns)
{
    double count = ns > 0 ? p->seconds * (double)NS_PER_S / ns : 1;

    if (p->count != 0)
        return p->count;
    if (count > (double)COUNT_MAX)
        return COUNT_MAX;
    return count < 1 ? 1 : (unsigned long)count;
}
