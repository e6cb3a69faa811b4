/* machine.h - what the numbers were measured on. */
#ifndef BENCH_MACHINE_H
#define BENCH_MACHINE_H

enum { MACHINE_TEXT = 128 };

struct machine {
    char processor[MACHINE_TEXT]; /* as the kernel calls it */
    char system[MACHINE_TEXT];    /* kernel and architecture */
    char mbedtls[MACHINE_TEXT];   /* its version, when it runs */
    const char *compiler;
    const char *build;            /* CMake's build type */
};

void machine_look(struct machine *m);

#endif
