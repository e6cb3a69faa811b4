#include "privileges.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <cap-ng.h>

/* To empty the bounding set takes a capability of its own; without it the set does not matter: the
 * process can exec nothing that would gain from it. */
static capng_select_t reach(void)
{
    return capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP) == 1 ? CAPNG_SELECT_BOTH
                                                                    : CAPNG_SELECT_CAPS;
}

bool privileges_drop(bool routes, struct problem *why)
{
    const struct rlimit none = { 0, 0 };
    capng_select_t set;
    bool had_admin;

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || setrlimit(RLIMIT_CORE, &none) != 0) {
        problem_set(why, "cannot restrict the process: %s", strerror(errno));
        return false;
    }
    if (capng_get_caps_process() != 0 || capng_have_capabilities(CAPNG_SELECT_CAPS) == CAPNG_NONE)
        return true; /* there is nothing to give up */
    set = reach();
    had_admin = capng_have_capability(CAPNG_PERMITTED, CAP_NET_ADMIN) == 1;
    capng_clear(set);
    if (routes && had_admin)
        (void)capng_update(CAPNG_ADD, (capng_type_t)(CAPNG_EFFECTIVE | CAPNG_PERMITTED),
                           CAP_NET_ADMIN);
    if (capng_apply(set) == 0)
        return true;
    problem_set(why, "cannot give up capabilities: %s", strerror(errno));
    return false;
}
