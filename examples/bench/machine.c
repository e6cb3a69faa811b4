#include "machine.h"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include <mbedtls/version.h>

/* "model name : AMD EPYC", on the architectures that have it. */
static void read_processor(char text[MACHINE_TEXT])
{
    FILE *f = fopen("/proc/cpuinfo", "r");
    char line[512];

    (void)snprintf(text, MACHINE_TEXT, "unknown");
    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        const char *value = strchr(line, ':');

        if (strncmp(line, "model name", 10) != 0 || value == NULL)
            continue;
        line[strcspn(line, "\n")] = '\0';
        (void)snprintf(text, MACHINE_TEXT, "%.100s", value + strspn(value, ": "));
        break;
    }
    if (f != NULL)
        (void)fclose(f);
}

void machine_look(struct machine *m)
{
    struct utsname name;

    *m = (struct machine){ .build = IKE2_BENCH_BUILD };
#ifdef __clang__
    m->compiler = "clang " __clang_version__;
#else
    m->compiler = "gcc " __VERSION__;
#endif
    read_processor(m->processor);
    mbedtls_version_get_string(m->mbedtls);
    if (uname(&name) == 0)
        (void)snprintf(m->system, sizeof m->system, "%.40s %.60s %.20s", name.sysname,
                       name.release, name.machine);
}
