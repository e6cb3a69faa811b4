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

/* Who is root has on exec what is in the bounding set; others, what is ambient. */
static capng_type_t places(enum privileges keep)
{
    unsigned types = CAPNG_EFFECTIVE | CAPNG_PERMITTED;

    if (keep == PRIVILEGES_SCRIPT)
        types |= CAPNG_INHERITABLE | CAPNG_BOUNDING_SET | CAPNG_AMBIENT;
    return (capng_type_t)types;
}

bool privileges_drop(enum privileges keep, struct problem *why)
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
    if (keep == PRIVILEGES_SCRIPT)
        set = (capng_select_t)(set | CAPNG_SELECT_AMBIENT);
    had_admin = capng_have_capability(CAPNG_PERMITTED, CAP_NET_ADMIN) == 1;
    capng_clear(set);
    if (keep != PRIVILEGES_NONE && had_admin)
        (void)capng_update(CAPNG_ADD, places(keep), CAP_NET_ADMIN);
    if (capng_apply(set) == 0)
        return true;
    problem_set(why, "cannot give up capabilities: %s", strerror(errno));
    return false;
}
