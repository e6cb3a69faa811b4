/* tools/journal_replay.c - journal_replay FILE: plays a journal and prints its ladder of messages.
 * Exits with 0 if everything came out as it was recorded. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "replay/player.h"

int main(int argc, char **argv)
{
    FILE *file = argc == 2 ? fopen(argv[1], "r") : NULL;
    struct problem why = { "" };
    struct played sums;
    bool ok;

    if (argc != 2) {
        (void)fprintf(stderr, "usage: journal_replay FILE\n");
        return EXIT_FAILURE;
    }
    if (file == NULL) {
        (void)fprintf(stderr, "%s: %s\n", argv[1], strerror(errno));
        return EXIT_FAILURE;
    }
    ok = play(file, stdout, &sums, &why);
    (void)fclose(file);
    (void)printf("%u calls, %u messages sent, %u datagrams received, %u other outputs\n",
                 sums.calls, sums.sent, sums.received, sums.events);
    if (!ok)
        (void)printf("it parts: %s\n", why.text);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
