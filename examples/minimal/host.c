#include "host.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

ike2_time host_now(void)
{
    struct timespec ts = { 0 };

    (void)clock_gettime(CLOCK_MONOTONIC, &ts);
    return (ike2_time)ts.tv_sec * 1000u + (ike2_time)ts.tv_nsec / 1000000u;
}

int host_wait_ms(ike2_time now, ike2_time deadline)
{
    if (deadline == IKE2_TIME_NEVER)
        return -1;
    if (deadline <= now)
        return 0;
    return deadline - now > INT_MAX ? INT_MAX : (int)(deadline - now);
}

int host_stop_open(void)
{
    sigset_t signals;
    int fd;

    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGINT);
    (void)sigaddset(&signals, SIGTERM);
    /* Blocked, so that a signal is a readable descriptor and can never fall between a test of a
     * flag and the call of poll. */
    fd = sigprocmask(SIG_BLOCK, &signals, NULL) == 0
             ? signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC)
             : -1;
    if (fd < 0)
        (void)fprintf(stderr, "cannot wait for signals: %s\n", strerror(errno));
    return fd;
}

bool host_stop_taken(int fd)
{
    struct signalfd_siginfo info;

    return read(fd, &info, sizeof info) == (ssize_t)sizeof info;
}
